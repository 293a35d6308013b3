import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { assessGuards } from '../control/assess-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { assessFailbackRequest } from './assess-failback-request.ts';
import { failbackInputSchema } from './failback-input.ts';

/** First state of failback: whether the original primary is a healthy replica again, with all reasons. Reads only. */
export const handler = composeHandler({
  name: 'assess-failback',
  input: z.strictObject({ input: failbackInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const ports = replicationPorts(runtime, environment);
    const { step, judgement, ...request } = await assessFailbackRequest(input, pair, region, {
      ...ports,
      readGuards: () => ports.guardsOf(pair.name).read(),
      assessGuards: () => assessGuards({ runtime, environment, region }, pair, run),
    });
    logDecision('failback assessed', { pair: pair.name, step, reason: input.reason, ...request });
    logDecision('replication judged', { pair: pair.name, ...judgement });
    return { ...request, dryRun: input.dryRun, targetRegion: region };
  },
});
