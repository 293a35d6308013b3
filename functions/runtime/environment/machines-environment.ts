import * as z from 'zod/mini';
import { jsonText } from './json-text.ts';

/** Environment of functions that start state machines of their own Region. */
export const machinesEnvironmentSchema = z.object({
  /** JSON object: ARN of each state machine by its name. */
  MACHINES: z.pipe(jsonText, z.record(z.string(), z.string().check(z.startsWith('arn:')))),
});
