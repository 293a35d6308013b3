import { type GaugeReading, newestPoint } from '../brokers/replication-gauges.ts';
import { freshMs } from '../brokers/replication-limits.ts';
import { type Heartbeat, type HeartbeatReader, silenceMs } from '../control/heartbeat.ts';
import { type Reading, tryRead } from '../runtime/reading.ts';

/** What a failover at this moment would leave behind, in replication events. */
export type PredictedLoss =
  | {
      readonly known: true;
      readonly events: number;
      /** Age of the figure. */
      readonly ageSeconds: number;
      /** Whether it says something about now; otherwise it is what was last known, and no budget takes it. */
      readonly current: boolean;
    }
  | { readonly known: false; readonly reason: string };

/**
 * Predicts the loss from the size of the primary's replication queue. Events are sends, acknowledgements and
 * heartbeats, so it is an upper bound of the messages concerned; an unknown loss
 * fits no budget. docs/amazon-mq.md 10.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const predictLoss = (backlog: GaugeReading | undefined, nowMs: number): PredictedLoss => {
  if (backlog === undefined || !backlog.known) {
    return { known: false, reason: backlog?.reason ?? 'the replication queue was not read' };
  }
  const point = newestPoint(backlog);
  if (point === undefined) return { known: false, reason: 'the replication queue has no points' };
  const ageSeconds = Math.round((nowMs - point.atMs) / 1_000);
  return nowMs - point.atMs <= freshMs
    ? { known: true, events: point.value, ageSeconds, current: true }
    : { known: false, reason: `the newest point is ${ageSeconds} s old, which is too old to judge` };
};

/**
 * Predicts what a failover leaves behind from what the primary's heartbeats said last, however long ago that was: the lost
 * Region is asked nothing. What came since is not in the number, so only a young one is an upper bound and may fit a budget.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const predictFailoverLoss = (heartbeat: Reading<Heartbeat | undefined>, nowMs: number): PredictedLoss => {
  if (!heartbeat.known) return heartbeat;
  const { value } = heartbeat;
  if (value === undefined) return { known: false, reason: 'the primary has never sent a heartbeat' };
  if (value.backlogEvents === undefined) return { known: false, reason: "the primary's heartbeats had no backlog" };
  // The backlog is a metric, which is older than the heartbeat that carries it.
  const ageSeconds = Math.round((nowMs - (value.backlogAtMs ?? value.atMs)) / 1_000);
  return { known: true, events: value.backlogEvents, ageSeconds, current: nowMs - value.atMs <= silenceMs };
};

/** The same from the heartbeat as the table has it; what cannot be read is unknown, and holds nothing up. */
export const lossByHeartbeat = async (
  pair: string,
  region: string,
  ports: { readonly heartbeats: HeartbeatReader; readonly clock: { nowMs(): number } },
): Promise<PredictedLoss> =>
  predictFailoverLoss(await tryRead(() => ports.heartbeats.read(pair, region)), ports.clock.nowMs());
