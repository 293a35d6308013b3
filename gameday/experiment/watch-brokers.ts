import type { Recorder } from '../journal/recorder.ts';
import type { ExerciseStage } from './stage-port.ts';

/** Virtual interval of the looks at the brokers: the resolution of roles and serving in the journal. */
const lookMs = 250;

/** Virtual interval of the gauge samples: two for each replication batch period of 5 s (docs/amazon-mq.md 12). */
const sampleMs = 2_500;

/**
 * Body of an actor that never ends: writes down what brokers are and do, and lets the host's event loop turn, so that
 * signals and the terminal are served while virtual time flies.
 */
export const watchBrokers = async (
  stage: ExerciseStage,
  pairs: readonly string[],
  recorder: Recorder,
  onTick: () => Promise<void>,
): Promise<never> => {
  let nextSampleMs = stage.clock.nowMs();
  for (;;) {
    const atMs = stage.clock.nowMs();
    for (const pair of pairs) recordBrokers(stage, pair, recorder);
    if (atMs >= nextSampleMs) {
      for (const pair of pairs) sampleGauges(stage, pair, recorder);
      nextSampleMs += sampleMs;
      await onTick();
    }
    await stage.clock.sleepMs(lookMs);
  }
};

/** One look at every broker of a pair, now. */
export const recordBrokers = (stage: ExerciseStage, pair: string, recorder: Recorder): void => {
  for (const broker of stage.brokers(pair)) recorder.broker(pair, broker, stage.clock.nowMs());
};

const sampleGauges = (stage: ExerciseStage, pair: string, recorder: Recorder): void => {
  const brokers = stage.brokers(pair);
  const primary = brokers.find((broker) => broker.role === 'primary');
  const replica = brokers.find((broker) => broker.role === 'replica');
  if (primary === undefined && replica === undefined) return;
  recorder.gauges({
    atMs: stage.clock.nowMs(),
    pair,
    totalReplicationLagMs: primary?.gauges.totalReplicationLagMs ?? null,
    primaryWaitTimeMs: primary?.gauges.primaryWaitTimeMs ?? null,
    replicationQueueSize: primary?.gauges.replicationQueueSize ?? null,
    replicationLagMs: replica?.gauges.replicationLagMs ?? null,
    replicaWaitTimeMs: replica?.gauges.replicaWaitTimeMs ?? null,
  });
};
