import * as z from 'zod/mini';
import { parentRunSchema } from '../runtime/run.ts';

/** Input of the switchover workflow. */
export const switchoverInputSchema = z.strictObject({
  /** Name of the configured pair. */
  pair: z.string().check(z.minLength(1)),
  /**
   * Region whose broker will be the primary afterwards; the workflow is started there. Naming it makes a second start
   * with the same input harmless: it never switches back.
   */
  targetRegion: z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a Region such as us-west-2')),
  reason: z.string().check(z.minLength(1)),
  /** Takes the same path without any write and lists the writes it would have made. */
  dryRun: z._default(z.boolean(), false),
  /** The run whose step this is; set by a workflow that starts this one, never by a person. */
  parentRun: z.optional(parentRunSchema),
});

export type SwitchoverInput = z.output<typeof switchoverInputSchema>;
