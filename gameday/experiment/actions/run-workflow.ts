import * as z from 'zod';
import { resolveReferences } from '../references.ts';
import { knownRegions, scenarioName } from '../scenario/schema.ts';
import { defineAction, type Json } from '../step.ts';
import { checkEnd, expectation } from './expectation.ts';

const schema = z.strictObject({
  workflow: z.string().min(1),
  region: z.enum(knownRegions),
  /** `${pairs.<pair>.primary.arn}` and the like refer to the world. */
  input: z.record(z.string(), z.json()),
  /** Name for `await-workflow`; without it the workflow's own. */
  as: scenarioName.optional(),
  wait: z.boolean().default(true),
  expect: expectation.prefault({}),
});

/** Starts a workflow as a person would, and waits for its end unless `wait` is false. */
export const runWorkflow = defineAction({
  kind: 'run-workflow',
  schema,
  describe: (step) => `${step.wait ? 'run' : 'start'} ${step.workflow} in ${step.region}`,
  run: async ({ stage, workflows }, step) => {
    const input = resolveReferences(step.input as Json, stage.references());
    const label = step.as ?? step.workflow;
    const executionArn = await workflows.start(label, step.workflow, step.region, input, step.expect.status);
    if (!step.wait) return { executionArn };
    return checkEnd(step.workflow, await workflows.awaitEnd(executionArn), step.expect);
  },
});
