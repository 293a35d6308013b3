import * as z from 'zod/mini';
import { judgeReplication, type LagJudgement } from '../brokers/lag-verdict.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { type Approval, type ApprovalState, approvalState } from '../control/approval.ts';
import type { HeartbeatReader } from '../control/heartbeat.ts';
import { type DrainForecast, forecastDrain } from './drain-forecast.ts';
import { decideEscalation, type Escalation } from './escalation.ts';
import { nextPollSeconds } from './polling.ts';
import { lossByHeartbeat, type PredictedLoss, predictLoss } from './predicted-loss.ts';
import { type PairReadPorts, readPair } from './read-pair.ts';
import { judgeProgress, type SwitchoverProgress } from './switchover-progress.ts';

/** What polling a switchover reads, in addition to the pair. */
export interface SwitchoverPollPorts extends PairReadPorts {
  readonly control: PairReadPorts['control'] & {
    readApproval(pair: string, approvalId: string): Promise<Approval | undefined>;
  };
  readonly heartbeats: HeartbeatReader;
}

/** `PollMemory` as the workflow hands it from poll to poll. */
export const pollMemorySchema = z.strictObject({
  requestedAtMs: z.number(),
  lastProgressAtMs: z.number(),
  lowestBacklogEvents: z.number(),
  looks: z.number(),
  contradictorySinceMs: z.number(),
});

/** One poll, with everything that was concluded from it. */
export interface SwitchoverPoll {
  readonly judgement: LagJudgement;
  readonly forecast: DrainForecast | undefined;
  readonly predictedLoss: PredictedLoss;
  readonly progress: SwitchoverProgress;
  readonly nextSeconds: number;
  readonly approval: ApprovalState | 'none';
  /** Absent when the readings contradict each other for too long. */
  readonly escalation: Escalation | undefined;
}

/**
 * Polls a running switchover once and concludes: verdict, forecast, predicted loss, progress, escalation, and when
 * to poll again.
 *
 * @param approvalId the question that this run has asked, `none` before
 * @throws errors of `readPair`
 */
export const pollSwitchover = async (
  asked: {
    readonly pair: PairConfig;
    readonly targetRegion: string;
    readonly watch: z.output<typeof pollMemorySchema>;
    readonly approvalId: string;
  },
  ports: SwitchoverPollPorts,
): Promise<SwitchoverPoll> => {
  const { pair, targetRegion, watch, approvalId } = asked;
  const { observation, counterpart } = await readPair(pair, targetRegion, ports);
  const { atMs, gauges } = observation;
  const judgement = judgeReplication(observation);
  const forecast = gauges.QueueSize?.known ? forecastDrain(gauges.QueueSize.points, atMs) : undefined;
  const byGauge = predictLoss(gauges.QueueSize, atMs);
  const predictedLoss = byGauge.known ? byGauge : await lossByHeartbeat(pair.name, counterpart.region, ports);
  const progress = judgeProgress(judgement, forecast, watch, pair.switchover, atMs);
  const approval =
    approvalId === 'none' ? 'none' : approvalState(await ports.control.readApproval(pair.name, approvalId), atMs);
  const { phase } = progress;
  return {
    judgement,
    forecast,
    predictedLoss,
    progress,
    nextSeconds: nextPollSeconds(forecast, (atMs - watch.requestedAtMs) / 1_000),
    approval,
    escalation:
      phase === 'unsafe' ? undefined : decideEscalation({ phase, policy: pair.escalation, predictedLoss, approval }),
  };
};
