import * as z from 'zod/mini';

/** Input of the failback workflow; it is started in the Region of the original primary, which is the replica now. */
export const failbackInputSchema = z.strictObject({
  /** Name of the configured pair. */
  pair: z.string().check(z.minLength(1)),
  reason: z.string().check(z.minLength(1)),
  /** Takes the same path without any write and lists the writes it would have made. */
  dryRun: z._default(z.boolean(), false),
});

export type FailbackInput = z.output<typeof failbackInputSchema>;
