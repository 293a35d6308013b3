import { copiesOf, hasUnsynchronisedMirror } from './copies.ts';
import type { PolicyChange } from './drift-finding.ts';
import { dropsOf } from './drop-table.ts';
import { type EffectivePolicy, VhostPolicies } from './effective-policy.ts';
import { canonicalText, sameDefinition } from './merge-definitions.ts';
import { bytesOf, compilePattern } from './pattern.ts';
import type { Figure, PolicyDefinition, RabbitCluster, RabbitPolicy, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';
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
  readonly messages: Figure<number>;
  readonly before: QueueSetting;
  readonly after: QueueSetting;
  /** Whether messages are copied to mirrors because of it, which blocks the queue meanwhile; docs/rabbitmq.md 5.2. */
  readonly resync: boolean;
  /** Which messages the change would throw away, if any. */
  readonly drops: string | undefined;
  /** Figures that the broker does not show and without which the cost of the change is unknown. */
  readonly missing: readonly string[];
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
    const resync = resyncs(queue, was, will, profile);
    const loss = dropsOf(queue, was.definition, will.definition, profile);
    effects.push({
      vhost: queue.vhost,
      queue: queue.name,
      messages: queue.messages,
      before: was,
      after: will,
      resync,
      drops: loss?.text,
      missing: [...new Set([...(loss?.missing ?? []), ...missingFor(queue, resync)])],
    });
  }
  return { effects, undecided };
};

/**
 * Figures that a resynchronisation needs to know first. A queue that goes with its consumers is not waited for: a
 * broker makes new ones all the time, and each is without a sample at first; docs/rabbitmq.md 1.3.
 */
const missingFor = (queue: RabbitQueue, resync: boolean): readonly string[] => {
  if (!resync || queue.autoDelete) return [];
  return [
    ...(queue.messages === 'absent' ? ['messages'] : []),
    ...(queue.state === 'unknown' ? ['state'] : []),
    ...(queue.effectiveDefinition === 'absent' ? ['effective policy'] : []),
  ];
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
