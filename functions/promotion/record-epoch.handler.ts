import * as z from 'zod/mini';
import { brokerAddressSchema } from '../brokers/broker-address.ts';
import { controlPorts } from '../control/control-ports.ts';
import type { Epoch } from '../control/guards.ts';
import { resumeAutomation } from '../control/resume-automation.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { metricFields } from '../runtime/metric-fields.ts';
import { runSchema } from '../runtime/run.ts';
import { nextEpoch } from './next-epoch.ts';

/**
 * Records a promotion as the pair's newest epoch. The same promotion recorded again keeps its number. A run that
 * overrides the Control table records nothing and says so. A promotion that a person started lifts what stopped automatic
 * runs before. What is recorded first is also measured: the seconds from
 * the start of the run until its broker was seen to serve.
 */
export const handler = composeHandler({
  name: 'record-epoch',
  input: z.strictObject({
    pair: z.string(),
    mode: z.enum(['SWITCHOVER', 'FAILOVER']),
    primary: brokerAddressSchema,
    run: runSchema,
  }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, mode, primary, run }, { runtime, environment, nowMs, logDecision }) => {
    if (run.overrideControl !== null) return { epoch: null };
    const { guardsOf, control } = controlPorts(runtime, environment);
    const guards = guardsOf(pair);
    const intent = await control.readIntent(pair, 'Promote');
    const { number: epoch, isRecorded } = nextEpoch(await guards.readEpoch(), intent, primary.brokerId);
    const recorded: Epoch = {
      number: epoch,
      mode,
      primaryBrokerId: primary.brokerId,
      primaryRegion: primary.region,
      promotedAtMs: nowMs,
      executionArn: run.executionArn,
    };
    if (!isRecorded) await guards.recordEpoch(recorded);
    const resumed = await resumeAutomation(guards, run, primary.brokerId, nowMs);
    if (!resumed.known || resumed.value !== undefined) logDecision('automatic runs resumed', { pair, ...resumed });
    if (isRecorded) return { epoch };
    const PromotionSeconds = (nowMs - Date.parse(run.startTime)) / 1_000;
    const dimensions = { Pair: pair, Mode: mode };
    logDecision('epoch recorded', {
      pair,
      epoch,
      mode,
      primary: primary.brokerId,
      ...metricFields({ atMs: nowMs, dimensions, values: { PromotionSeconds }, unit: 'Seconds' }),
    });
    return { epoch };
  },
});
