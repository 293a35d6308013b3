import * as z from 'zod';
import type { Json } from '../../../simulator/engine/expression/json.ts';
import type { WorkflowEnd } from '../../../testbed/testbed.ts';
import { blockerCodes } from '../../journal/refusals.ts';
import { StepFailedError } from '../step-failed.ts';

const statuses = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** What a workflow run must end in for its step to succeed. */
export const expectation = z.strictObject({
  status: z.enum(statuses).default('SUCCEEDED'),
  /** Members of the output that must have these values. */
  output: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
  /** Codes that must be among the blockers of a refusal. */
  blockers: z.array(z.string().min(1)).default([]),
  /** Codes that must be among the warnings of the output. */
  warnings: z.array(z.string().min(1)).default([]),
  /** Name of the error that a run must fail with. */
  error: z.string().min(1).optional(),
});

type Expectation = z.infer<typeof expectation>;

/** @throws StepFailedError when a run ended otherwise than expected, with what it said */
export const checkEnd = (workflow: string, end: WorkflowEnd, expected: Expectation): Json => {
  const members = new Map(Object.entries(end.output ?? {}));
  const wrong = Object.entries(expected.output)
    .filter(([key, value]) => members.get(key) !== value)
    .map(([key, value]) => `${key} is ${JSON.stringify(members.get(key) ?? null)}, expected ${JSON.stringify(value)}`);
  for (const kind of ['blockers', 'warnings'] as const) {
    const codes = blockerCodes(members.get(kind));
    const missing = expected[kind].filter((code) => !codes.includes(code));
    if (missing.length > 0) wrong.push(`${kind} are ${codes.join(', ') || 'none'}, expected ${missing.join(', ')}`);
  }
  if (expected.error !== undefined && end.error !== expected.error) {
    wrong.push(`error is ${end.error ?? 'none'}, expected ${expected.error}`);
  }
  if (end.status !== expected.status) {
    const why = [end.error, end.cause].filter(Boolean).join(': ');
    wrong.unshift(`status is ${end.status}${why === '' ? '' : ` (${why})`}, expected ${expected.status}`);
  }
  if (wrong.length > 0) throw new StepFailedError(`${workflow}: ${wrong.join('; ')}`);
  const { executionArn, status, output = null, error, cause } = end;
  return {
    executionArn,
    status,
    output: output as Json,
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
};
