import * as z from 'zod';

/** Input of the readiness workflow; a schedule gives an empty object. */
export const readinessInputSchema = z.strictObject({
  /** Names of the pairs to evaluate; all configured ones unless given. */
  pairs: z.array(z.string().min(1)).min(1).optional(),
  /** Evaluates and publishes nothing: no metric, no event, no page, no record. */
  dryRun: z.boolean().default(false),
});
