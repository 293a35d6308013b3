import * as z from 'zod';

/** Input of the watch workflow; it is started in the Region of the replica. */
export const watchInputSchema = z.strictObject({
  /** Name of the configured pair. */
  pair: z.string().min(1),
  /** What asked for the watch, in words: an alarm and its reason, or why a person started it. */
  signal: z.string().min(1),
});
