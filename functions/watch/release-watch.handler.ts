import * as z from 'zod/mini';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { watchLease } from './adapters/watch-lease.ts';

/** Last state of watch: the next signal may start one again. A lease that another execution holds is left alone. */
export const handler = composeHandler({
  name: 'release-watch',
  // An input that was refused may name no pair: then there is nothing to release.
  input: z.strictObject({ pair: z.catch(z.string(), ''), run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, run }, { runtime, environment }) => {
    if (pair !== '') await watchLease(runtime, environment, pair).release(run.executionArn);
    return { released: true };
  },
});
