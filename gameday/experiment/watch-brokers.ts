import type { Testbed } from '../../testbed/testbed.ts';
import type { JournalRecorder } from '../journal/recorder.ts';

/** Virtual interval of the polls of the brokers: the resolution of roles and serving in the journal. */
const pollMs = 250;

/** Virtual interval of the gauge samples: two for each replication batch period of 5 s (docs/amazon-mq.md 12). */
const sampleMs = 2_500;

/**
 * Body of an actor that never ends: records what brokers are and do, and lets the host's event loop turn, so that
 * signals and the terminal are served while virtual time flies.
 */
export const watchBrokers = async (
  testbed: Testbed,
  pairs: readonly string[],
  recorder: JournalRecorder,
  onTick: () => Promise<void>,
): Promise<never> => {
  const { clock } = testbed;
  let nextSampleMs = clock.nowMs();
  for (;;) {
    const atMs = clock.nowMs();
    recordBrokers(testbed, pairs, recorder);
    if (atMs >= nextSampleMs) {
      for (const pair of pairs) sampleGauges(testbed, pair, recorder);
      nextSampleMs += sampleMs;
      await onTick();
    }
    await clock.sleepMs(pollMs);
  }
};

/** Records every broker of the pairs as it is now. */
export const recordBrokers = (testbed: Testbed, pairs: readonly string[], recorder: JournalRecorder): void => {
  for (const pair of pairs) for (const broker of testbed.pair(pair).views()) recorder.broker(pair, broker);
};

const sampleGauges = (testbed: Testbed, pair: string, recorder: JournalRecorder): void => {
  const brokers = testbed.pair(pair).views();
  const primary = brokers.find((broker) => broker.role === 'primary');
  const replica = brokers.find((broker) => broker.role === 'replica');
  if (primary === undefined && replica === undefined) return;
  recorder.gauges({
    atMs: testbed.clock.nowMs(),
    pair,
    totalReplicationLagMs: primary?.gauges.totalReplicationLagMs ?? null,
    primaryWaitTimeMs: primary?.gauges.primaryWaitTimeMs ?? null,
    replicationQueueSize: primary?.gauges.replicationQueueSize ?? null,
    replicationLagMs: replica?.gauges.replicationLagMs ?? null,
    replicaWaitTimeMs: replica?.gauges.replicaWaitTimeMs ?? null,
  });
};
