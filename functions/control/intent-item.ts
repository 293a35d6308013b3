import * as z from 'zod/mini';
import { number, text } from './control-items.ts';
import { intentEnds } from './intent.ts';

/** Attributes of an intent's item. */
export const intentSchema = z.object({
  sequence: number,
  mode: z.optional(z.pipe(text, z.enum(['SWITCHOVER', 'FAILOVER']))),
  decision: text,
  subject: text,
  status: z.pipe(text, z.enum(['issuing', 'issued', 'settled'])),
  settledAs: z.optional(z.pipe(text, z.enum(intentEnds))),
  executionArn: text,
  openedAtMs: number,
});
