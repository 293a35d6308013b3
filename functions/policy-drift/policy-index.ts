import { bytesOf, type CompiledPattern, compilePattern, isPlain } from './pattern.ts';
import type { QueueType, RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
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

/** What a choice depends on: a queue's name, as `matchedName` gives it, and its type. */
export interface Chooser {
  readonly name: MatchedName;
  readonly type: QueueType;
}

/** A name as patterns see it. */
export interface MatchedName {
  /** From `bytesOf`. */
  readonly bytes: string;
  /** Of an unusual name even a prefix says nothing: the pattern itself is asked, and leaves it open. */
  readonly plain: boolean;
}

/** Reads a name once, for all indexes that are asked about it. */
export const matchedName = (name: string): MatchedName => {
  const bytes = bytesOf(name);
  return { bytes, plain: isPlain(bytes) };
};

/** A policy of which nobody can say whether it is the one. */
interface Open {
  readonly name: string;
  readonly because: string;
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
  const voidKeys = profile.voidKeys[type];
  for (const key in policy.definition) if (voidKeys.has(key)) return 'void';
  return 'yes';
};

/** Up to so many policies are tried one by one: building an index takes longer than it saves. */
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
  /** Where to look; undefined while there are so few policies that all of them are. */
  readonly #lookup: Lookup | undefined;

  /** @param policies of one kind, user or operator, and of one virtual host */
  constructor(policies: readonly RabbitPolicy[], profile: VersionProfile) {
    this.#profile = profile;
    this.#ranked = policies
      .map((policy) => ({ policy, pattern: compilePattern(policy.pattern) }))
      .sort((a, b) => b.policy.priority - a.policy.priority);
    if (this.#ranked.length > fewPolicies) this.#lookup = lookupOf(this.#ranked.map(({ pattern }) => pattern));
  }

  /** The policy that RabbitMQ applies to the queue, or why that cannot be said; docs/rabbitmq.md 2. */
  choose({ name: { bytes, plain }, type }: Chooser): Choice {
    const ranked = this.#lookup === undefined ? this.#ranked : candidates(this.#lookup, bytes, this.#ranked);
    let found: RabbitPolicy | undefined;
    let passedOver: RabbitPolicy | undefined;
    let open: Open[] | undefined;
    for (const { policy, pattern } of ranked) {
      if (found !== undefined && policy.priority < found.priority) break;
      if (plain && pattern.prefix !== undefined && !bytes.startsWith(pattern.prefix)) continue;
      const applies = appliesToType(policy, type, this.#profile);
      if (applies === 'no' || (applies === 'void' && passedOver !== undefined)) continue;
      const matching = pattern.matches(bytes);
      if (applies === 'void') {
        if (matching === 'yes' && found === undefined) passedOver = policy;
        continue;
      }
      if (matching === 'no') continue;
      if (matching === 'undecided' || applies === 'undecided') {
        const because =
          matching === 'undecided'
            ? `pattern ${JSON.stringify(policy.pattern)}: ${pattern.undecidable ?? 'the name has unusual bytes, or trying all alternatives takes too long'}`
            : `apply-to ${JSON.stringify(policy.applyTo)} or the queue's type is not known`;
        open ??= [];
        open.push({ name: policy.name, because });
      } else if (found === undefined) found = policy;
      else {
        open ??= [];
        open.push({ name: policy.name, because: `the same priority ${policy.priority}` });
      }
    }
    if (open === undefined) return { decided: true, policy: found, passedOver };
    const among = [...(found === undefined ? [] : [found.name]), ...open.map((each) => each.name)].sort();
    return { decided: false, because: open[0]?.because ?? '', among };
  }
}

/** Positions in the ranking by the literal text of their patterns. */
interface Lookup {
  readonly byPrefix: ReadonlyMap<string, readonly number[]>;
  readonly prefixLengths: readonly number[];
  readonly byGram: ReadonlyMap<string, readonly number[]>;
  /** Those without literal text: always asked. */
  readonly general: readonly number[];
}

const lookupOf = (patterns: readonly CompiledPattern[]): Lookup => {
  const byPrefix = new Map<string, number[]>();
  const byGram = new Map<string, number[]>();
  const general: number[] = [];
  patterns.forEach(({ prefix, contains }, rank) => {
    if (prefix !== undefined) push(byPrefix, prefix, rank);
    else if (contains !== undefined && contains.length >= gramLength) push(byGram, rarestGram(contains, byGram), rank);
    else general.push(rank);
  });
  const prefixLengths = [...new Set([...byPrefix.keys()].map((prefix) => prefix.length))];
  return { byPrefix, prefixLengths, byGram, general };
};

const rarestGram = (text: string, byGram: ReadonlyMap<string, readonly number[]>): string => {
  let best = text.slice(0, gramLength);
  for (let at = 1; at + gramLength <= text.length; at++) {
    const gram = text.slice(at, at + gramLength);
    if ((byGram.get(gram)?.length ?? 0) < (byGram.get(best)?.length ?? 0)) best = gram;
  }
  return best;
};

/** The policies whose literal text fits a name, in their order. */
const candidates = (
  { byPrefix, prefixLengths, byGram, general }: Lookup,
  name: string,
  ranked: readonly Indexed[],
): readonly Indexed[] => {
  const ranks = [...general];
  for (const length of prefixLengths) {
    if (length <= name.length) ranks.push(...(byPrefix.get(name.slice(0, length)) ?? []));
  }
  if (byGram.size > 0) {
    const grams = new Set<string>();
    for (let at = 0; at + gramLength <= name.length; at++) grams.add(name.slice(at, at + gramLength));
    for (const gram of grams) ranks.push(...(byGram.get(gram) ?? []));
  }
  return ranks.sort((a, b) => a - b).flatMap((rank) => ranked[rank] ?? []);
};

const push = (map: Map<string, number[]>, key: string, value: number): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};
