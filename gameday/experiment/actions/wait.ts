import * as z from 'zod';
import { defineAction } from '../step.ts';

const schema = z.strictObject({ seconds: z.number().positive().max(2_592_000) });

/** Lets virtual time pass. */
export const wait = defineAction({
  kind: 'wait',
  schema,
  describe: (step) => `wait ${step.seconds} s`,
  run: async ({ clock }, step) => {
    await clock.sleepMs(step.seconds * 1_000);
    return { seconds: step.seconds };
  },
});
