import * as z from 'zod';
import type { Json } from '../../../simulator/engine/expression/json.ts';
import { resolveReferences, testbedReferences } from '../references.ts';
import { knownRegions, scenarioName } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';
import { checkEnd, expectation } from './expectation.ts';

const schema = z.strictObject({
  workflow: z.string().min(1),
  region: z.enum(knownRegions),
  /** `${pairs.<pair>.primary.arn}` and the like refer to the test bed. */
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
  run: async ({ testbed, scenario, workflows }, step) => {
    const input = resolveReferences(step.input as Json, testbedReferences(testbed, scenario.world.pairs));
    const label = step.as ?? step.workflow;
    const executionArn = await workflows.start(label, step.workflow, step.region, input, step.expect.status);
    if (!step.wait) return { executionArn };
    return checkEnd(step.workflow, await testbed.end(executionArn), step.expect);
  },
});
