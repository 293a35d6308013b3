import type { QueueType, RabbitPolicy } from '../shared/rabbit-cluster.ts';
import { bytesOf, type CompiledPattern, compilePattern, isPlain } from './pattern.ts';
import type { VersionProfile } from './version-profiles.ts';

/** Which policy of one kind a queue gets. */
export type Choice =
  | {
      readonly decided: true;
      readonly policy: RabbitPolicy | undefined;
      /** The first policy of higher rank that matches the name and is void for the queue's type. */
      readonly passedOver: RabbitPolicy | undefined;
    }
  | { readonly decided: false; readonly because: string; readonly among: readonly string[] };

/** What a choice depends on: a queue by name and type. */
export interface Chooser {
  readonly name: string;
  readonly type: QueueType;
}

interface Indexed {
  readonly policy: RabbitPolicy;
  readonly pattern: CompiledPattern;
}

/** Whether a policy can apply to queues of a type at all, name aside; docs/rabbitmq.md 2.3 and 2.5. */
export const appliesToType = (
  policy: Pick<RabbitPolicy, 'applyTo' | 'definition'>,
  type: QueueType,
  profile: VersionProfile,
): 'yes' | 'no' | 'void' | 'undecided' => {
  const { applyTo } = policy;
  if (applyTo === 'exchanges') return 'no';
  if (applyTo !== 'all' && applyTo !== 'queues') {
    const typed = { classic_queues: 'classic', quorum_queues: 'quorum', streams: 'stream' }[applyTo];
    if (typed === undefined || !profile.applyToTypes || type === 'other') return 'undecided';
    if (typed !== type) return 'no';
  }
  if (type === 'other') return 'undecided';
  return profile.voidKeys[type].some((key) => Object.hasOwn(policy.definition, key)) ? 'void' : 'yes';
};

/** Up to so many policies are looked at one by one: building an index takes longer than it saves. */
const fewPolicies = 16;

/** Length of the text by which patterns without a prefix are looked up: short enough to be in most, rare enough. */
const gramLength = 3;

/**
 * The policies of one virtual host, ready to be asked for many queues. A queue is compared only with policies whose
 * literal text fits its name, so the time does not grow with queues times policies.
 */
export class PolicyIndex {
  readonly #profile: VersionProfile;
  readonly #ranked: readonly Indexed[];
  readonly #byPrefix = new Map<string, number[]>();
  #prefixLengths: readonly number[] = [];
  readonly #byGram = new Map<string, number[]>();
  readonly #general: number[] = [];

  /** @param policies of one kind, user or operator, and of one virtual host */
  constructor(policies: readonly RabbitPolicy[], profile: VersionProfile) {
    this.#profile = profile;
    this.#ranked = policies
      .map((policy) => ({ policy, pattern: compilePattern(policy.pattern) }))
      .sort((a, b) => b.policy.priority - a.policy.priority);
    if (this.#ranked.length > fewPolicies) this.#buildIndex();
  }

  #buildIndex(): void {
    const lengths = new Set<number>();
    this.#ranked.forEach(({ pattern }, rank) => {
      if (pattern.prefix !== undefined) {
        lengths.add(pattern.prefix.length);
        push(this.#byPrefix, pattern.prefix, rank);
      } else if (pattern.contains !== undefined && pattern.contains.length >= gramLength) {
        push(this.#byGram, this.#rarestGram(pattern.contains), rank);
      } else this.#general.push(rank);
    });
    this.#prefixLengths = [...lengths];
  }

  /** The policy that RabbitMQ applies to the queue, or why that cannot be said; docs/rabbitmq.md 2. */
  choose(queue: Chooser): Choice {
    const name = bytesOf(queue.name);
    // Of an unusual name even a prefix says nothing: the pattern itself is asked, and leaves it open.
    const plain = isPlain(name);
    const ranks = this.#ranked.length > fewPolicies ? this.#candidates(name) : this.#ranked.keys();
    let found: RabbitPolicy | undefined;
    let passedOver: RabbitPolicy | undefined;
    const open: { readonly name: string; readonly because: string }[] = [];
    for (const rank of ranks) {
      const { policy, pattern } = this.#ranked[rank] ?? {};
      if (policy === undefined || pattern === undefined) continue;
      if (found !== undefined && policy.priority < found.priority) break;
      if (pattern.prefix !== undefined && !name.startsWith(pattern.prefix) && plain) continue;
      const applies = appliesToType(policy, queue.type, this.#profile);
      if (applies === 'no' || (applies === 'void' && passedOver !== undefined)) continue;
      const matching = pattern.matches(name);
      if (applies === 'void') {
        if (matching === 'yes' && found === undefined) passedOver = policy;
        continue;
      }
      if (matching === 'no') continue;
      if (matching === 'undecided' || applies === 'undecided') {
        const because =
          matching === 'undecided'
            ? `pattern ${JSON.stringify(policy.pattern)}: ${pattern.undecidable ?? 'the name has unusual bytes'}`
            : `apply-to ${JSON.stringify(policy.applyTo)} or the queue's type is not known`;
        open.push({ name: policy.name, because });
      } else if (found === undefined) found = policy;
      else open.push({ name: policy.name, because: `the same priority ${policy.priority}` });
    }
    if (open.length === 0) return { decided: true, policy: found, passedOver };
    const among = [...(found === undefined ? [] : [found.name]), ...open.map((each) => each.name)].sort();
    return { decided: false, because: open[0]?.because ?? '', among };
  }

  #candidates(name: string): readonly number[] {
    const ranks = [...this.#general];
    for (const length of this.#prefixLengths) {
      if (length <= name.length) ranks.push(...(this.#byPrefix.get(name.slice(0, length)) ?? []));
    }
    if (this.#byGram.size > 0) {
      const grams = new Set<string>();
      for (let at = 0; at + gramLength <= name.length; at++) grams.add(name.slice(at, at + gramLength));
      for (const gram of grams) ranks.push(...(this.#byGram.get(gram) ?? []));
    }
    return ranks.sort((a, b) => a - b);
  }

  #rarestGram(text: string): string {
    let best = text.slice(0, gramLength);
    for (let at = 1; at + gramLength <= text.length; at++) {
      const gram = text.slice(at, at + gramLength);
      if ((this.#byGram.get(gram)?.length ?? 0) < (this.#byGram.get(best)?.length ?? 0)) best = gram;
    }
    return best;
  }
}

const push = (map: Map<string, number[]>, key: string, value: number): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};
