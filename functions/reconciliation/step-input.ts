import * as z from 'zod/mini';
import { runSchema } from '../runtime/run.ts';

/** What the workflow tells each of its steps. */
export const stepInput = {
  pair: z.string().check(z.minLength(1)),
  /** Name of the execution whose documents the step reads and writes. */
  execution: z.string().check(z.minLength(1)),
  run: runSchema,
};
