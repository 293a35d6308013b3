import * as z from 'zod';
import { defineAction } from '../step.ts';
import { checkEnd } from './run-workflow.ts';

const schema = z.strictObject({
  /** The `as` of an earlier step, or the name of its workflow. */
  run: z.string().min(1),
  expect: z
    .strictObject({
      status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).default('SUCCEEDED'),
      output: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
    })
    .prefault({}),
});

/** Waits for the end of a workflow that an earlier step started with `wait: false`. */
export const awaitWorkflow = defineAction({
  kind: 'await-workflow',
  schema,
  describe: (step) => `wait for ${step.run} to end`,
  run: async ({ workflows }, step) => checkEnd(step.run, await workflows.awaitEndOf(step.run), step.expect),
});
