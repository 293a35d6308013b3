import * as z from 'zod/mini';
import { runSchema } from '../runtime/run.ts';

/** What the workflows tell each step of a cutover. */
export const cutoverInput = {
  /** Name of the configured pair. */
  pair: z.string().check(z.minLength(1)),
  /** The epoch that the promotion opens; null if the Control table could not say. */
  epoch: z._default(z.nullable(z.int().check(z.positive())), null),
  run: runSchema,
};
