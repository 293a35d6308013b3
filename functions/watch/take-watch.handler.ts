import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { watchLease } from './adapters/watch-lease.ts';
import { watchInputSchema } from './watch-input.ts';

/** First state of watch: one execution at a time watches a pair. */
export const handler = composeHandler({
  name: 'take-watch',
  input: z.strictObject({ input: watchInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const lease = watchLease(runtime, environment, pair.name);
    const { acquired, lock } = await lease.acquire(run.executionArn, 'watch', nowMs);
    logDecision('watch taken', { pair: pair.name, signal: input.signal, acquired, owner: lock.owner });
    return {
      taken: acquired,
      owner: lock.owner,
      watch: { startedAtMs: Date.parse(run.startTime), clearLooks: 0, looks: 0 },
    };
  },
});
