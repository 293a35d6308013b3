import * as z from 'zod';
import { defineAction } from '../step.ts';
import { checkEnd, expectation } from './expectation.ts';

const schema = z.strictObject({
  /** The `as` of an earlier step, or the name of its workflow. */
  run: z.string().min(1),
  expect: expectation.prefault({}),
});

/** Waits for the end of a workflow that an earlier step started with `wait: false`. */
export const awaitWorkflow = defineAction({
  kind: 'await-workflow',
  schema,
  describe: (step) => `wait for ${step.run} to end`,
  run: async ({ workflows }, step) => checkEnd(step.run, await workflows.awaitEndOf(step.run), step.expect),
});
