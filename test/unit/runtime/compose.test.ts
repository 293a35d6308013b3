import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { composeHandler } from '../../../functions/runtime/compose.ts';
import { InvalidConfiguration, InvalidInput, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { parentRunSchema, runOf, runSchema } from '../../../functions/runtime/run.ts';
import { type Runtime, runWithRuntime } from '../../../functions/runtime/runtime.ts';
import { noonMs } from '../../support/brokers.ts';
import { fakeRuntime } from '../../support/fake-ports.ts';

const context = { awsRequestId: 'request-1' } as Context;

const handler = composeHandler({
  name: 'sample',
  input: z.strictObject({ pair: z.string(), password: z.string().optional(), run: z.optional(runSchema) }),
  environment: z.object({ TABLE: z.string().min(3) }),
  handle: async ({ pair }, { environment, region, nowMs, logDecision }) => {
    if (pair === 'broken') throw new ServiceUnavailable('the service does not answer');
    logDecision('decided', { pair });
    return { pair, table: environment.TABLE, region, nowMs };
  },
});

const invoke = (
  event: unknown,
  environment: Runtime['environment'] = { AWS_REGION: 'us-west-2', TABLE: 'control' },
) => {
  const runtime = fakeRuntime({ environment });
  return { runtime, result: runWithRuntime(runtime, async () => await handler(event, context)) };
};

describe('composeHandler', () => {
  it('hands over parsed input and environment, the Region and the time', async () => {
    const { result } = invoke({ pair: 'orders' });
    expect(await result).toEqual({ pair: 'orders', table: 'control', region: 'us-west-2', nowMs: noonMs });
  });

  it("logs a decision with the function's name and the request's id", async () => {
    const { runtime, result } = invoke({ pair: 'orders' });
    await result;
    expect(runtime.lines).toEqual([
      { level: 'info', message: 'decided', fields: { function: 'sample', requestId: 'request-1', pair: 'orders' } },
    ]);
  });

  it('logs which execution called, and with which fence', async () => {
    const run = { executionArn: 'arn:run', startTime: '2026-11-04T12:00:00.000Z', fence: 7 };
    const { runtime, result } = invoke({ pair: 'orders', run });
    await result;
    expect(runtime.lines).toMatchObject([{ fields: { pair: 'orders', execution: 'arn:run', fence: 7 } }]);
    const unlocked = invoke({ pair: 'orders', run: { ...run, fence: null } });
    await unlocked.result;
    expect(unlocked.runtime.lines[0]?.fields).not.toHaveProperty('fence');
  });

  it('logs the pair of a workflow’s own input, when it is passed on', async () => {
    const passing = composeHandler({
      name: 'passing',
      input: z.strictObject({ input: z.object({ pair: z.string() }) }),
      environment: z.object({}),
      handle: async (_input, { logDecision }) => logDecision('passed', {}),
    });
    const runtime = fakeRuntime({ environment: { AWS_REGION: 'us-west-2' } });
    await runWithRuntime(runtime, async () => await passing({ input: { pair: 'orders' } }, context));
    expect(runtime.lines).toMatchObject([{ fields: { pair: 'orders' } }]);
  });

  it('returns the wrapped handler, which logs an error once and passes it on', async () => {
    const { runtime, result } = invoke({ pair: 'broken' });
    await expect(result).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(runtime.lines).toEqual([
      {
        level: 'error',
        message: 'sample failed',
        fields: {
          function: 'sample',
          pair: 'broken',
          errorName: 'ServiceUnavailable',
          errorMessage: 'the service does not answer',
        },
      },
    ]);
  });

  it('refuses an unknown input field by name', async () => {
    const { result } = invoke({ pair: 'orders', pairs: [] });
    await expect(result).rejects.toThrow(InvalidInput);
    await expect(invoke({ pair: 'orders', pairs: [] }).result).rejects.toThrow(
      'input of sample was refused: unknown field "pairs" (did you mean "pair"?)',
    );
  });

  it('logs nothing of a refused input beside the names of its fields', async () => {
    const { runtime, result } = invoke({ pair: 7, password: 'hunter2hunter2', hunter: 'hunter3hunter3' });
    await expect(result).rejects.toThrow(InvalidInput);
    expect(JSON.stringify(runtime.lines)).not.toMatch(/hunter[23]/);
  });

  it.each([
    ['a variable is missing', { AWS_REGION: 'us-west-2' }, /function sample .* TABLE/],
    ['a variable is wrong', { AWS_REGION: 'us-west-2', TABLE: 'x' }, /TABLE/],
    ['the Region is missing', { TABLE: 'control' }, /AWS_REGION/],
  ])('refuses to run when %s', async (_label, environment, message) => {
    await expect(invoke({ pair: 'orders' }, environment).result).rejects.toThrow(InvalidConfiguration);
    await expect(invoke({ pair: 'orders' }, environment).result).rejects.toThrow(message);
  });
});

describe('runSchema', () => {
  it('takes a run without a lock as one that a person started and that overrides nothing', () => {
    const run = { executionArn: 'arn:run', startTime: '2026-11-04T12:00:00.000Z' };
    expect(runSchema.parse(run)).toEqual({
      ...run,
      fence: null,
      automatic: false,
      overrideControl: null,
      child: false,
    });
  });

  it('takes back what a function has handed to the workflow', () => {
    const run = { executionArn: 'arn:run', startTime: '2026-11-04T12:00:00.000Z', fence: 7, automatic: true };
    expect(runSchema.parse(runSchema.parse(run))).toEqual({ ...run, overrideControl: null, child: false });
  });

  it.each([
    ['a start that is no time', { startTime: 'noon' }],
    ['a fence that is no integer', { fence: 1.5 }],
    ['an unknown field', { overideControl: 'why' }],
  ])('refuses %s', (_label, changes) => {
    const run = { executionArn: 'arn:run', startTime: '2026-11-04T12:00:00.000Z', ...changes };
    expect(runSchema.safeParse(run).success).toBe(false);
  });
});

describe('the run that an execution acts for', () => {
  const startTime = '2026-11-04T12:00:00.000Z';
  const own = runSchema.parse({ executionArn: 'arn:own', startTime });
  const parent = { executionArn: 'arn:parent', startTime, fence: 7, automatic: true };

  it('is its own, unless it is a step of another one', () => {
    expect(runOf(own, undefined)).toBe(own);
    expect(runOf(own, parentRunSchema.parse(parent))).toEqual({ ...parent, overrideControl: null, child: true });
  });

  it('is that of the first of several nested ones', () => {
    const step = runOf(own, parentRunSchema.parse(parent));
    expect(runOf(own, parentRunSchema.parse(step))).toEqual(step);
  });

  it('holds a lock', () => {
    expect(parentRunSchema.safeParse({ ...parent, fence: null }).success).toBe(false);
    expect(parentRunSchema.safeParse(own).success).toBe(false);
  });
});
