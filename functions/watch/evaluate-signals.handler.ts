import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { readLiveGuards } from '../control/assess-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { watchLease } from './adapters/watch-lease.ts';
import { evaluateSignals } from './evaluate-signals.ts';

const watchSchema = z.strictObject({ startedAtMs: z.number(), clearLooks: z.number(), looks: z.number() });

/** One poll of a watch: the two signals, what holds automatic runs back, and what follows. Reads, but for its own lease. */
export const handler = composeHandler({
  name: 'evaluate-signals',
  input: z.strictObject({
    pair: z.string(),
    watch: watchSchema,
    /** Failovers of this watch that refused; an execution of an earlier version ends at the first. */
    refusals: z._default(z.int(), 0),
    run: runSchema,
  }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, watch, refusals, run }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const ports = replicationPorts(runtime, environment);
    const lease = watchLease(runtime, environment, pair.name);
    const poll = await evaluateSignals(
      pair,
      region,
      { executionArn: run.executionArn, watch, refusals },
      {
        ...ports,
        readGuards: () => readLiveGuards({ runtime, environment, region }, pair.name, run.executionArn),
        renewLease: () => lease.acquire(run.executionArn, 'watch', runtime.clock.nowMs()),
      },
    );
    logDecision('signals evaluated', { pair: pair.name, ...poll });
    return poll;
  },
});
