import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { UnsafeTopology } from '../runtime/errors.ts';
import { runSchema } from '../runtime/run.ts';
import { describeForecast } from './drain-forecast.ts';
import { pollMemorySchema, pollSwitchover } from './poll-switchover.ts';

/** One poll of a running switchover: verdict, forecast, predicted loss, what to do next, and when to poll again. */
export const handler = composeHandler({
  name: 'observe-switchover',
  input: z.strictObject({
    pair: z.string(),
    targetRegion: z.string(),
    watch: pollMemorySchema,
    /** The question about a failover that this run has asked; `none` before. */
    approvalId: z.string(),
    run: runSchema,
  }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, run, ...asked }, { runtime, environment, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    await renewLock(runtime, environment, pair, run);
    const poll = await pollSwitchover({ ...asked, pair }, replicationPorts(runtime, environment));
    const { judgement, forecast, predictedLoss, progress, nextSeconds, approval, escalation } = poll;
    const { phase } = progress;
    logDecision('replication judged', { pair: pairName, ...judgement, forecast, predictedLoss, phase, nextSeconds });
    if (escalation === undefined) throw new UnsafeTopology(progress.because, { evidence: judgement.evidence });
    logDecision('switchover polled', { pair: pairName, ...escalation, approval });
    const { evidence } = judgement;
    const details = [progress.because, escalation.because, describeForecast(forecast), ...evidence];
    const { action, refusedBy = 'stalled' } = escalation;
    return { ...progress, action, refusedBy, nextSeconds, predictedLoss, evidence, details };
  },
});
