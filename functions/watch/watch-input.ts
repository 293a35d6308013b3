import * as z from 'zod/mini';

/** Input of the watch workflow; it is started in the Region of the replica. */
export const watchInputSchema = z.strictObject({
  /** Name of the configured pair. */
  pair: z.string().check(z.minLength(1)),
  /** What asked for the watch, in words: an alarm and its reason, or why a person started it. */
  signal: z.string().check(z.minLength(1)),
});
