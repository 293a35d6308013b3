import { type GaugeReading, newestPoint } from '../brokers/replication-gauges.ts';
import { freshMs } from '../brokers/replication-limits.ts';
import { type Heartbeat, type HeartbeatReader, silenceMs } from '../control/heartbeat.ts';
import { tryRead } from '../runtime/reading.ts';

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
    : { known: false, reason: `the newest point is ${ageSeconds} s old, which is too old to judge` };
};

/**
 * Predicts what a failover leaves behind from the primary's last heartbeat: the lost Region is asked nothing. Older
 * than three minutes it is unknown, and unknown fits no budget.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const predictFailoverLoss = (heartbeat: Heartbeat | undefined, nowMs: number): PredictedLoss => {
  if (heartbeat === undefined) return { known: false, reason: 'the primary has never sent a heartbeat' };
  const ageSeconds = Math.round((nowMs - heartbeat.atMs) / 1_000);
  if (nowMs - heartbeat.atMs > silenceMs) {
    return { known: false, reason: `the primary's last heartbeat is ${ageSeconds} s old` };
  }
  if (heartbeat.backlogEvents === undefined) {
    return { known: false, reason: "the primary's last heartbeat had no backlog" };
  }
  // The backlog is a metric, which is older than the heartbeat that carries it.
  const backlogAtMs = heartbeat.backlogAtMs ?? heartbeat.atMs;
  return { known: true, events: heartbeat.backlogEvents, ageSeconds: Math.round((nowMs - backlogAtMs) / 1_000) };
};

/** The same from the heartbeat as the table has it; what cannot be read is unknown, and holds nothing up. */
export const lossByHeartbeat = async (
  pair: string,
  region: string,
  ports: { readonly heartbeats: HeartbeatReader; readonly clock: { nowMs(): number } },
): Promise<PredictedLoss> => {
  const heartbeat = await tryRead(() => ports.heartbeats.read(pair, region));
  return heartbeat.known ? predictFailoverLoss(heartbeat.value, ports.clock.nowMs()) : heartbeat;
};
