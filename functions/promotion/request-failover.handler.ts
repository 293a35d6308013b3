import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { takenOverByFailover } from '../control/preemptions.ts';
import { runGuards } from '../control/run-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { requestFailover } from './request-failover.ts';

/**
 * Write state of failover, and of a switchover that is escalated: Promote FAILOVER, at most one effective call for one
 * decision, in this Region alone.
 */
export const handler = composeHandler({
  name: 'request-failover',
  input: z.strictObject({ pair: z.string(), acceptDataLoss: z.boolean(), dryRun: z.boolean(), run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, run, ...asked }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const guards = runGuards(runtime, environment, pair, run);
    const result = await requestFailover(
      {
        ...asked,
        pair,
        runningRegion: region,
        executionArn: run.executionArn,
        withoutControl: run.overrideControl !== null,
      },
      {
        ...pairPorts(runtime, environment),
        finalCheck: () => guards.finalCheck(takenOverByFailover),
      },
    );
    logDecision('failover request', { pair: pair.name, ...result, overrideControl: run.overrideControl });
    return result;
  },
});
