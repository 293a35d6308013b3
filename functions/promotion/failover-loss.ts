import { type Heartbeat, type HeartbeatReader, silenceMs } from '../control/heartbeat.ts';
import { DrError } from '../runtime/errors.ts';
import type { PredictedLoss } from './predicted-loss.ts';

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
  try {
    return predictFailoverLoss(await ports.heartbeats.read(pair, region), ports.clock.nowMs());
  } catch (error) {
    if (error instanceof DrError) return { known: false, reason: error.message };
    throw error;
  }
};
