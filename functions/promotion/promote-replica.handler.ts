import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { runGuards } from '../control/run-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { promoteReplica } from './promote-replica.ts';
import { switchoverInputSchema } from './switchover-input.ts';
import { newPollMemory } from './switchover-progress.ts';

/** Write state of switchover: Promote SWITCHOVER, at most one effective call for one decision. */
export const handler = composeHandler({
  name: 'promote-replica',
  input: z.strictObject({ input: switchoverInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, region, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const { finalCheck } = runGuards(runtime, environment, pair, run);
    const result = await promoteReplica(
      input,
      pair,
      { executionArn: run.executionArn, region },
      { ...replicationPorts(runtime, environment), finalCheck },
    );
    logDecision('switchover request', { pair: pair.name, ...result });
    // A request found under way is polled from now on: its deadline must not pass before the first poll.
    return 'requestedAtMs' in result ? { ...result, watch: newPollMemory(nowMs) } : result;
  },
});
