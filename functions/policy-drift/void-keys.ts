import type { QueueType } from './rabbitmq/rabbit-cluster.ts';

/** Keys of which one makes a whole policy void for queues of a type, by type; docs/rabbitmq.md 2.5. */
export type VoidKeys = Readonly<Record<Exclude<QueueType, 'other'>, ReadonlySet<string>>>;

interface Line {
  readonly type: keyof VoidKeys;
  /** First version that has these keys, and the first one that has them no more. */
  readonly from: string;
  readonly until?: string;
  readonly keys: readonly string[];
}

const mirroring = ['ha-mode', 'ha-params', 'ha-sync-mode', 'ha-promote-on-shutdown', 'ha-promote-on-failure'];
const streams = ['max-age', 'stream-max-segment-size-bytes', 'initial-cluster-size'];
const inMemory = ['max-in-memory-length', 'max-in-memory-bytes'];
const selectors = ['selector-fields', 'selector-field-max-bytes'];

/**
 * Read release by release, v3.8.0 to v4.3.5: from 3.9 `unsupported_policies` of rabbit_classic_queue,
 * rabbit_quorum_queue and rabbit_stream_queue; before, `is_policy_applicable/2` of rabbit_quorum_queue.
 */
const lines: readonly Line[] = [
  { type: 'classic', from: '3.9.0', keys: streams },
  { type: 'classic', from: '3.9.0', until: '4.0.0', keys: ['queue-leader-locator'] },
  { type: 'classic', from: '3.10.0', keys: ['delivery-limit', 'dead-letter-strategy'] },
  { type: 'classic', from: '3.12.7', keys: [...inMemory, 'target-group-size'] },
  { type: 'classic', from: '4.3.0', keys: selectors },
  // 3.8.11 and 3.8.12 list the keys that they take, so every other one makes a policy void.
  {
    type: 'quorum',
    from: '3.8.11',
    until: '3.8.13',
    keys: [
      ...['alternate-exchange', 'message-ttl', 'queue-mode', 'queue-master-locator'],
      ...[...mirroring, 'ha-sync-batch-size', 'max-priority', 'single-active-consumer'],
      ...['federation-upstream', 'federation-upstream-set', 'federation-upstream-pattern'],
    ],
  },
  { type: 'quorum', from: '3.8.13', keys: ['max-priority', 'queue-mode', ...mirroring, 'queue-master-locator'] },
  { type: 'quorum', from: '3.8.13', until: '3.10.0', keys: ['message-ttl'] },
  { type: 'quorum', from: '3.8.13', until: '4.2.0', keys: ['single-active-consumer'] },
  { type: 'quorum', from: '3.9.0', keys: streams },
  { type: 'quorum', from: '3.9.0', until: '3.10.0', keys: ['queue-leader-locator'] },
  { type: 'quorum', from: '4.3.0', keys: selectors },
  {
    type: 'stream',
    from: '3.9.0',
    keys: [
      ...['expires', 'message-ttl', 'dead-letter-exchange', 'dead-letter-routing-key', 'max-length', ...inMemory],
      ...['max-priority', 'overflow', 'queue-mode', 'delivery-limit', ...mirroring, 'queue-master-locator'],
    ],
  },
  { type: 'stream', from: '3.9.0', until: '4.2.0', keys: ['single-active-consumer'] },
  { type: 'stream', from: '3.10.0', keys: ['dead-letter-strategy'] },
  { type: 'stream', from: '3.12.7', keys: ['target-group-size'] },
  { type: 'stream', from: '4.3.0', keys: selectors },
];

/** A version as one number; a missing patch, as in `3.13`, is the latest one. */
const rankOf = (version: string): number => {
  const [major = 0, minor = 0, patch = 999] = version.split(/[.+-]/).map(Number);
  return (major * 1_000 + minor) * 1_000 + (Number.isNaN(patch) ? 999 : patch);
};

/** The keys of one exact version, such as `3.12.6`. */
export const voidKeysOf = (version: string): VoidKeys => {
  const rank = rankOf(version);
  const of = (type: keyof VoidKeys): ReadonlySet<string> =>
    new Set(
      lines
        .filter((line) => line.type === type && rankOf(line.from) <= rank)
        .filter(({ until }) => until === undefined || rank < rankOf(until))
        .flatMap(({ keys }) => keys),
    );
  return { classic: of('classic'), quorum: of('quorum'), stream: of('stream') };
};
