import { describe, expect, it } from 'vitest';
import { machine } from './definitions.ts';
import { startHarness } from './harness.ts';

describe('the history limit', () => {
  it('fails an execution at 25,000 events and forbids its redrive', async () => {
    const { call, clock, create, describe: describeRun, engine, fault, start } = startHarness();
    const arn = create(
      'm',
      machine('A', {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Condition: false, Next: 'C' }], Default: 'A' },
        C: { Type: 'Succeed' },
      }),
    );
    await clock.run('test', async () => {
      const execution = await start(arn, 'r');
      await engine.waitForEnd(execution);
      expect(await describeRun(execution)).toMatchObject({
        status: 'FAILED',
        error: 'States.Runtime',
        cause: 'The execution reached the maximum number of history events (25000).',
      });
      const { events } = await call('GetExecutionHistory', {
        executionArn: execution,
        reverseOrder: true,
        maxResults: 1,
      });
      expect(events).toMatchObject([{ id: 25_000, type: 'ExecutionFailed' }]);
      expect(await fault('RedriveExecution', { executionArn: execution })).toMatchObject({
        code: 'ExecutionNotRedrivable',
        message: expect.stringContaining('Execution history event limit exceeded'),
      });
    });
  });
});

describe('the limit of all variables together', () => {
  it('fails the state that would pass 10 MiB', async () => {
    const { clock, create, describe: describeRun, engine, start } = startHarness();
    const bytesEach = 256_000;
    const count = Math.floor((10 * 1024 * 1024) / bytesEach) + 1;
    const states = Array.from({ length: count }, (_, index) => [
      `S${index}`,
      {
        Type: 'Pass',
        Assign: { [`v${index}`]: `{% $pad("", ${bytesEach}) %}` },
        ...(index === count - 1 ? { End: true } : { Next: `S${index + 1}` }),
      },
    ]);
    const arn = create('m', machine('S0', Object.fromEntries(states)));
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r');
      await engine.waitForEnd(executionArn);
      const { error, cause } = await describeRun(executionArn);
      expect(error).toBe('States.DataLimitExceeded');
      expect(cause).toContain(`The state 'S${count - 1}' assigns`);
    });
  });
});
