import * as z from 'zod/mini';
import { runSchema } from '../runtime/run.ts';

/** What the workflow tells each of its steps. */
export const stepInput = {
  pair: z.string().check(z.minLength(1)),
  /** Name of the execution whose documents the step reads and writes. */
  execution: z.string().check(z.minLength(1)),
  run: runSchema,
};

/** Place in the list of queues that a step goes on from. */
export const cursorSchema = z.int().check(z.gte(0));

/**
 * How long one invocation starts further queues, in seconds, and when the walk through a queue must end: the function
 * has 300 s (infra/catalogue.ts), of which storing what was found needs a few.
 */
export const startsQueuesForSeconds = 150;
export const endsWalkAfterSeconds = 270;
