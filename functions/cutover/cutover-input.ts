import * as z from 'zod';
import { runSchema } from '../shared/compose.ts';

/** What the workflows tell each step of a cutover. */
export const cutoverInput = {
  /** Name of the configured pair. */
  pair: z.string().min(1),
  /** The epoch that the promotion opens; null if the Control table could not say. */
  epoch: z.int().positive().nullable().default(null),
  run: runSchema,
};
