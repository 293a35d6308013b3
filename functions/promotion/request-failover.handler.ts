import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { ReplicationMetrics } from '../brokers/replication-metrics.ts';
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
  input: z.strictObject({
    pair: z.string(),
    acceptDataLoss: z.boolean(),
    dryRun: z.boolean(),
    agreedAtMs: z._default(z.nullable(z.number()), null),
    run: runSchema,
  }),
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
        automatic: run.automatic,
        withoutControl: run.overrideControl !== null,
      },
      {
        ...pairPorts(runtime, environment),
        // A CloudWatch that hangs must leave time for the promotion: 10 s of the function's 20.
        metrics: new ReplicationMetrics(runtime, 'once'),
        finalCheck: () => guards.finalCheck(takenOverByFailover),
      },
    );
    logDecision('failover request', { pair: pair.name, ...result, overrideControl: run.overrideControl });
    return result;
  },
});
