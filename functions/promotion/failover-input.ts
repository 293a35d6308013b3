import * as z from 'zod/mini';

/** Input of the failover workflow; it is started in the Region of the broker that will take over. */
export const failoverInputSchema = z.strictObject({
  /** Name of the configured pair. */
  pair: z.string().check(z.minLength(1)),
  reason: z.string().check(z.minLength(1)),
  /** Must be true: what has not crossed is left behind. Anything else is refused. */
  acceptDataLoss: z._default(z.boolean(), false),
  /** Whether an event asks for it, not a person; then enrolment and anti-flap are asked for as well. */
  automatic: z._default(z.boolean(), false),
  /** When the signals agreed on which an automatic run acts, in milliseconds since the Unix epoch. */
  agreedAtMs: z.optional(z.number()),
  /** A person's reason to act although the Control table cannot be reached. */
  overrideControl: z.optional(z.string().check(z.minLength(1))),
  /** Takes the same path without any write and lists the writes it would have made. */
  dryRun: z._default(z.boolean(), false),
});
