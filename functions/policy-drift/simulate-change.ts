import { copiesOf, hasUnsynchronisedMirror } from './copies.ts';
import type { PolicyChange } from './drift-finding.ts';
import { type EffectivePolicy, VhostPolicies } from './effective-policy.ts';
import { canonicalText, sameDefinition } from './merge-definitions.ts';
import { bytesOf, compilePattern } from './pattern.ts';
import type { PolicyDefinition, RabbitCluster, RabbitPolicy, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/** A queue's settings at one moment. */
export interface QueueSetting {
  readonly policy: string | undefined;
  readonly definition: PolicyDefinition;
  readonly copies: number;
}

/** What a change does to one queue. */
export interface QueueEffect {
  readonly vhost: string;
  readonly queue: string;
  readonly messages: number;
  readonly before: QueueSetting;
  readonly after: QueueSetting;
  /** Whether messages are copied to mirrors because of it, which blocks the queue meanwhile; docs/rabbitmq.md 5.2. */
  readonly resync: boolean;
  /** Which messages the change would throw away, if any. */
  readonly drops: string | undefined;
}

/** What a change does to the queues of its virtual host; those that it does not touch are left out. */
export interface SimulatedChange {
  readonly effects: readonly QueueEffect[];
  /** Queues that the change may touch and for which nobody can say what applies before or after it. */
  readonly undecided: readonly { readonly queue: string; readonly because: string }[];
}

/** The policies of a virtual host as they will be after a change. */
export const applyChange = (policies: readonly RabbitPolicy[], change: PolicyChange): readonly RabbitPolicy[] => {
  const others = policies.filter(({ vhost, name }) => vhost !== change.vhost || name !== change.name);
  return change.after === undefined ? others : [...others, change.after];
};

/** A limit that falls below what a queue holds throws messages away at once; docs/rabbitmq.md 5.3. */
const dropsOf = (queue: RabbitQueue, before: PolicyDefinition, after: PolicyDefinition): string | undefined => {
  const lowered = (key: string): number | undefined => {
    const [then, now] = [before[key], after[key]];
    return typeof now === 'number' && (typeof then !== 'number' || now < then) ? now : undefined;
  };
  const length = lowered('max-length');
  if (length !== undefined && queue.messages > length)
    return `max-length ${length} is below its ${queue.messages} messages`;
  const bytes = lowered('max-length-bytes');
  if (bytes !== undefined && queue.messageBytes > bytes) return `max-length-bytes ${bytes} is below what it holds`;
  if (queue.messages > 0 && lowered('message-ttl') !== undefined) return 'a shorter message-ttl expires messages';
  if (lowered('expires') !== undefined) return 'a shorter expires deletes the queue when nobody uses it';
  return undefined;
};

/**
 * Simulates one change of one policy for every queue of its virtual host that it may touch.
 *
 * @param policies user policies of the virtual host as they are before the change
 */
export const simulateChange = (
  change: PolicyChange,
  policies: readonly RabbitPolicy[],
  operatorPolicies: readonly RabbitPolicy[],
  queues: readonly RabbitQueue[],
  cluster: Pick<RabbitCluster, 'nodes'>,
  profile: VersionProfile,
): SimulatedChange => {
  const now = policies.find(({ name }) => name === change.name);
  const patterns = [now, change.after].flatMap((policy) =>
    policy === undefined ? [] : [compilePattern(policy.pattern)],
  );
  const before = new VhostPolicies(policies, operatorPolicies, profile);
  const after = new VhostPolicies(applyChange(policies, change), operatorPolicies, profile);
  const effects: QueueEffect[] = [];
  const undecided: { queue: string; because: string }[] = [];
  for (const queue of queues) {
    const name = bytesOf(queue.name);
    if (patterns.every((pattern) => pattern.matches(name) === 'no')) continue;
    const [then, next] = [before.effective(queue), after.effective(queue)];
    if (!then.decided || !next.decided) {
      if (canonicalText(seen(then)) === canonicalText(seen(next)) && !involves(then, change.name)) continue;
      const because = then.decided ? (next.decided ? '' : next.because) : then.because;
      undecided.push({ queue: queue.name, because });
      continue;
    }
    const unchanged = then.policy?.name === next.policy?.name && sameDefinition(then.definition, next.definition);
    if (unchanged) continue;
    const setting = (effective: EffectivePolicy & { decided: true }): QueueSetting => ({
      policy: effective.policy?.name,
      definition: effective.definition,
      copies: copiesOf(queue, effective.definition, cluster, profile),
    });
    const [was, will] = [setting(then), setting(next)];
    effects.push({
      vhost: queue.vhost,
      queue: queue.name,
      messages: queue.messages,
      before: was,
      after: will,
      resync: resyncs(queue, was, will, profile),
      drops: dropsOf(queue, was.definition, will.definition),
    });
  }
  return { effects, undecided };
};

const seen = (effective: EffectivePolicy) =>
  effective.decided
    ? { policy: effective.policy?.name ?? null }
    : { because: effective.because, among: effective.among };

const involves = (effective: EffectivePolicy, name: string): boolean =>
  !effective.decided && effective.among.includes(name);

const resyncs = (queue: RabbitQueue, was: QueueSetting, will: QueueSetting, profile: VersionProfile): boolean => {
  if (queue.type !== 'classic' || queue.exclusive || !profile.mirroring || will.copies < 2) return false;
  // Other nodes, or a mode that picks them anew, mean new mirrors; a mode that synchronises by itself wakes idle ones.
  const moved =
    was.copies !== will.copies ||
    canonicalText([was.definition['ha-mode'] ?? null, was.definition['ha-params'] ?? null]) !==
      canonicalText([will.definition['ha-mode'] ?? null, will.definition['ha-params'] ?? null]);
  const wakes = will.definition['ha-sync-mode'] === 'automatic' && hasUnsynchronisedMirror(queue);
  return moved || wakes;
};
