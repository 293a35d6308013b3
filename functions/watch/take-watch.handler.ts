import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { claimWatch } from './adapters/claim-watch.ts';
import { watchInputSchema } from './watch-input.ts';

/** First state of watch: one execution at a time watches a pair. */
export const handler = composeHandler({
  name: 'take-watch',
  input: z.strictObject({ input: watchInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const asking = { runtime, environment, region };
    const { acquired, lock } = await claimWatch(asking, pair.name, run.executionArn);
    logDecision('watch taken', { pair: pair.name, signal: input.signal, acquired, owner: lock.owner });
    return {
      taken: acquired,
      owner: lock.owner,
      watch: { startedAtMs: Date.parse(run.startTime), clearLooks: 0, looks: 0 },
    };
  },
});
