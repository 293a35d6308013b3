import * as z from 'zod';
import { resolveReferences } from '../references.ts';
import { knownRegions, scenarioName } from '../scenario/schema.ts';
import { defineAction, type Json, StepFailedError } from '../step.ts';
import type { WorkflowEnd } from '../workflow-runs.ts';

const statuses = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** What a workflow run must end in for its step to succeed. */
const expectation = z.strictObject({
  status: z.enum(statuses).default('SUCCEEDED'),
  /** Members of the output that must have these values. */
  output: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
});

export type Expectation = z.infer<typeof expectation>;

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

/** @throws StepFailedError when a run ended otherwise than expected, with what it said */
export const checkEnd = (workflow: string, end: WorkflowEnd, expected: Expectation): Json => {
  const output = end.output !== null && typeof end.output === 'object' && !Array.isArray(end.output) ? end.output : {};
  const members = new Map(Object.entries(output));
  const wrong = Object.entries(expected.output)
    .filter(([key, value]) => members.get(key) !== value)
    .map(([key, value]) => `${key} is ${JSON.stringify(members.get(key) ?? null)}, expected ${JSON.stringify(value)}`);
  if (end.status !== expected.status) {
    const why = [end.error, end.cause].filter(Boolean).join(': ');
    wrong.unshift(`status is ${end.status}${why === '' ? '' : ` (${why})`}, expected ${expected.status}`);
  }
  if (wrong.length > 0) throw new StepFailedError(`${workflow}: ${wrong.join('; ')}`);
  return { ...end };
};
