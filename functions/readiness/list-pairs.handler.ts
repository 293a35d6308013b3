import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { NotFound } from '../runtime/errors.ts';
import { runSchema } from '../runtime/run.ts';
import { readinessInputSchema } from './readiness-input.ts';

/** First state of readiness: the names of the pairs to evaluate. */
export const handler = composeHandler({
  name: 'list-pairs',
  input: z.strictObject({ input: readinessInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input }, { environment }) => {
    const all = environment.PAIRS.map(({ name }) => name);
    if (all.length === 0) throw new NotFound('no pair is configured, so there is nothing that could be ready');
    const wanted = [...new Set(input.pairs ?? all)];
    return { pairs: wanted.map((name) => findPair(environment.PAIRS, name).name), dryRun: input.dryRun };
  },
});
