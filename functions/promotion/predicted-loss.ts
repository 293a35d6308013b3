import { type GaugeReading, newestPoint } from '../brokers/replication-gauges.ts';
import { freshMs } from '../brokers/replication-limits.ts';

/** What a failover at this moment would leave behind, in replication events. */
export type PredictedLoss =
  | { readonly known: true; readonly events: number; readonly ageSeconds: number }
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
    ? { known: true, events: point.value, ageSeconds }
    : { known: false, reason: `the newest point is ${ageSeconds} s old, which says nothing about now` };
};
