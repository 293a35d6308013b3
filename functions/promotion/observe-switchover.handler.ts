import * as z from 'zod';
import { pairPorts } from '../shared/adapters/pair-ports.ts';
import { composeHandler, runSchema } from '../shared/compose.ts';
import { pairEnvironmentSchema } from '../shared/environment.ts';
import { UnsafeTopology } from '../shared/errors.ts';
import { findPair } from '../shared/find-pair.ts';
import { forecastDrain } from './drain-forecast.ts';
import { judgeReplication } from './lag-verdict.ts';
import { lookAtPair } from './look-at-pair.ts';
import { nextLookSeconds } from './polling.ts';
import { predictLoss } from './predicted-loss.ts';
import { judgeProgress } from './switchover-progress.ts';

const watchSchema = z.strictObject({
  requestedAtMs: z.number(),
  lastProgressAtMs: z.number(),
  lowestBacklogEvents: z.number(),
  looks: z.number(),
  contradictorySinceMs: z.number(),
});

/** One look at a running switchover: verdict, forecast, predicted loss, and when to look again. */
export const handler = composeHandler({
  name: 'observe-switchover',
  input: z.strictObject({ pair: z.string(), targetRegion: z.string(), watch: watchSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, targetRegion, watch }, { runtime, environment, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const { observation } = await lookAtPair(pair, targetRegion, pairPorts(runtime, environment));
    const { atMs, gauges } = observation;
    const judgement = judgeReplication(observation);
    const forecast = gauges.QueueSize?.known ? forecastDrain(gauges.QueueSize.points, atMs) : undefined;
    const predictedLoss = predictLoss(gauges.QueueSize, atMs);
    const progress = judgeProgress(judgement, forecast, watch, pair.switchover, atMs);
    const nextSeconds = nextLookSeconds(forecast, (atMs - watch.requestedAtMs) / 1_000);
    logDecision('replication judged', {
      pair: pairName,
      ...judgement,
      forecast,
      predictedLoss,
      phase: progress.phase,
      nextSeconds,
    });
    if (progress.phase === 'unsafe') throw new UnsafeTopology(progress.because, { evidence: judgement.evidence });
    return { ...progress, nextSeconds, verdict: judgement.verdict, evidence: judgement.evidence, predictedLoss };
  },
});
