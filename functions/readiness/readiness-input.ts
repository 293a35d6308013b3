import * as z from 'zod/mini';

/** Input of the readiness workflow; a pair's schedule names that pair. */
export const readinessInputSchema = z.strictObject({
  /** Names of the pairs to evaluate; all configured ones by default. */
  pairs: z.optional(z.array(z.string().check(z.minLength(1))).check(z.minLength(1))),
  /** Evaluates and publishes nothing: no metric, no event, no page, no record. */
  dryRun: z._default(z.boolean(), false),
});
