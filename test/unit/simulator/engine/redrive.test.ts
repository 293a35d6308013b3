import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../../../simulator/engine/ports.ts';
import { machine, single, startChild, task } from './definitions.ts';
import { startHarness } from './harness.ts';

/** An engine whose functions fail while `broken` is set; it counts the calls by state. */
const startBroken = () => {
  const world = { broken: true, calls: [] as string[] };
  const harness = startHarness({
    invokeTask: async ({ stateName, arguments: parameters, attempt }) => {
      world.calls.push(`${stateName}#${attempt}`);
      if (world.broken && stateName === 'Work') throw new TaskFailure('Gone', 'for now');
      return parameters.Payload;
    },
  });
  return { ...harness, world };
};

describe('RedriveExecution', () => {
  it('goes on in the failed Task with its input and variables, retriers counted from zero', async () => {
    const { call, clock, create, describe: describeRun, engine, history, start, world } = startBroken();
    const arn = create(
      'm',
      machine('First', {
        First: { Type: 'Pass', Assign: { kept: 5 }, Output: 'handed on', Next: 'Work' },
        Work: task({
          Retry: [{ ErrorEquals: ['Gone'], MaxAttempts: 1 }],
          End: undefined,
          Next: 'Last',
        }),
        Last: {
          Type: 'Pass',
          Output: {
            in: '{% $states.input %}',
            kept: '{% $kept %}',
            redrives: '{% $states.context.Execution.RedriveCount %}',
          },
          End: true,
        },
      }),
    );
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r');
      await engine.waitForEnd(executionArn);
      expect(await call('DescribeExecution', { executionArn })).toMatchObject({
        status: 'FAILED',
        error: 'Gone',
        redriveStatus: 'REDRIVABLE',
      });
      await clock.sleepMs(9_000);
      world.broken = false;
      expect(await call('RedriveExecution', { executionArn })).toEqual({ redriveDate: 1_767_225_610 });
      expect(await describeRun(executionArn)).toMatchObject({ status: 'RUNNING', error: undefined, redriveCount: 1 });
      await engine.waitForEnd(executionArn);
      expect(await describeRun(executionArn)).toMatchObject({
        status: 'SUCCEEDED',
        output: { in: 'handed on', kept: 5, redrives: 1 },
      });
      expect((await history(executionArn)).map(({ type }) => type)).toEqual([
        'ExecutionStarted',
        ...['PassStateEntered', 'PassStateExited'],
        ...['TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskFailed'],
        ...['TaskScheduled', 'TaskStarted', 'TaskFailed', 'ExecutionFailed'],
        'ExecutionRedriven',
        ...['TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited'],
        ...['PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'],
      ]);
    });
    expect(world.calls).toEqual(['Work#1', 'Work#2', 'Work#1']);
    // Three states, one retry, one redrive.
    expect(engine.executions()[0]?.transitions).toBe(5);
  });

  it('of a run that ended in a Fail state fails again', async () => {
    const { call, clock, create, describe: describeRun, engine, history, start } = startBroken();
    const arn = create(
      'm',
      machine('Work', {
        Work: task({ End: undefined, Next: 'Bad', Catch: [{ ErrorEquals: ['Gone'], Next: 'Bad' }] }),
        Bad: { Type: 'Fail', Error: 'Refused' },
      }),
    );
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r');
      await engine.waitForEnd(executionArn);
      for (let redrive = 1; redrive <= 2; redrive++) {
        await call('RedriveExecution', { executionArn });
        await engine.waitForEnd(executionArn);
        expect(await describeRun(executionArn)).toMatchObject({
          status: 'FAILED',
          error: 'Refused',
          redriveCount: redrive,
        });
      }
      expect((await history(executionArn)).slice(-3)).toMatchObject([
        { type: 'ExecutionRedriven', executionRedrivenEventDetails: { redriveCount: 2 } },
        { type: 'FailStateEntered' },
        { type: 'ExecutionFailed' },
      ]);
    });
  });

  it('of a Parallel state runs only the branches that did not succeed', async () => {
    const { call, clock, create, describe: describeRun, engine, start, world } = startBroken();
    const arn = create(
      'm',
      single({
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Quick', States: { Quick: task({ Output: 'quick' }) } },
          {
            StartAt: 'Slow',
            States: { Slow: { Type: 'Wait', Seconds: 60, Next: 'After' }, After: task({ Output: 'after' }) },
          },
          {
            StartAt: 'Before',
            States: { Before: task({ End: undefined, Output: 'before', Next: 'Work' }), Work: task() },
          },
        ],
        End: true,
      }),
    );
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r');
      await engine.waitForEnd(executionArn);
      world.broken = false;
      await call('RedriveExecution', { executionArn });
      await engine.waitForEnd(executionArn);
      expect(await describeRun(executionArn)).toMatchObject({
        status: 'SUCCEEDED',
        output: ['quick', 'after', 'before'],
      });
    });
    expect(world.calls).toEqual(['Quick#1', 'Before#1', 'Work#1', 'Work#1', 'After#1']);
  });

  it('of a branch does not enter its failed Task again', async () => {
    const { call, clock, create, engine, history, start, world } = startBroken();
    const arn = create(
      'm',
      single({ Type: 'Parallel', Branches: [{ StartAt: 'Work', States: { Work: task() } }], End: true }),
    );
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r');
      await engine.waitForEnd(executionArn);
      world.broken = false;
      await call('RedriveExecution', { executionArn });
      await engine.waitForEnd(executionArn);
      const types = (await history(executionArn)).map(({ type }) => type);
      expect(types.slice(types.indexOf('ExecutionRedriven'))).toEqual([
        'ExecutionRedriven',
        ...['TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited'],
        ...['ParallelStateSucceeded', 'ParallelStateExited', 'ExecutionSucceeded'],
      ]);
    });
  });

  it('of a Parallel state whose results were too large together runs all branches', async () => {
    const { call, clock, create, engine, start, world } = startBroken();
    const large = task({ Output: '{% $pad("", 200000) %}' });
    const arn = create(
      'm',
      single({
        Type: 'Parallel',
        Branches: [
          { StartAt: 'One', States: { One: large } },
          { StartAt: 'Two', States: { Two: large } },
        ],
        End: true,
      }),
    );
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r');
      await engine.waitForEnd(executionArn);
      expect(await call('DescribeExecution', { executionArn })).toMatchObject({ error: 'States.DataLimitExceeded' });
      await call('RedriveExecution', { executionArn });
      await engine.waitForEnd(executionArn);
    });
    expect(world.calls).toEqual(['One#1', 'Two#1', 'One#1', 'Two#1']);
  });

  it('of a Map state runs failed and unstarted iterations, with their items', async () => {
    const { call, clock, create, describe: describeRun, engine, start, world } = startBroken();
    const arn = create(
      'm',
      single({
        Type: 'Map',
        Items: '{% $states.input %}',
        MaxConcurrency: 1,
        ItemProcessor: {
          StartAt: 'Check',
          States: {
            Check: {
              Type: 'Choice',
              Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'Work' }],
              Default: 'Fine',
            },
            Work: task({ Output: '{% "again " & $states.input %}' }),
            Fine: task(),
          },
        },
        End: true,
      }),
    );
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r', [1, 2, 3]);
      await engine.waitForEnd(executionArn);
      world.broken = false;
      await call('RedriveExecution', { executionArn });
      await engine.waitForEnd(executionArn);
      expect(await describeRun(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: [1, 'again 2', 3] });
    });
    expect(world.calls).toEqual(['Fine#1', 'Work#1', 'Work#1', 'Fine#1']);
  });

  it('of a stopped or timed-out run waits again, with the machine’s timeout from zero', async () => {
    const { call, clock, create, describe: describeRun, engine, start } = startBroken();
    const arn = create(
      'm',
      machine(
        'W',
        { W: { Type: 'Wait', Seconds: '{% $states.input %}', End: true } },
        {
          TimeoutSeconds: 50,
        },
      ),
    );
    await clock.run('test', async () => {
      const stopped = await start(arn, 'stopped', 40);
      await clock.sleepMs(30_000);
      await call('StopExecution', { executionArn: stopped });
      await call('RedriveExecution', { executionArn: stopped });
      const restartedAtMs = clock.nowMs();
      await engine.waitForEnd(stopped);
      expect(clock.nowMs() - restartedAtMs).toBe(40_000);
      expect(await describeRun(stopped)).toMatchObject({ status: 'SUCCEEDED', output: 40 });

      const late = await start(arn, 'late', 60);
      await engine.waitForEnd(late);
      expect(await describeRun(late)).toMatchObject({ status: 'TIMED_OUT' });
      await call('RedriveExecution', { executionArn: late });
      await engine.waitForEnd(late);
      expect(await describeRun(late)).toMatchObject({ status: 'TIMED_OUT', redriveCount: 1 });
    });
  });

  it('schedules a child execution again', async () => {
    const { call, clock, create, describe: describeRun, engine, start, world } = startBroken();
    create('child', single(task({ Arguments: { FunctionName: 'f' } })));
    const arn = create(
      'm',
      machine('Work', {
        Work: startChild('.sync:2', {
          Arguments: { StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:missing' },
        }),
      }),
    );
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r');
      await engine.waitForEnd(executionArn);
      create('missing', single({ Type: 'Succeed', Output: 'there now' }));
      await call('RedriveExecution', { executionArn });
      await engine.waitForEnd(executionArn);
      expect(await describeRun(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: { Output: 'there now' } });
    });
    expect(world.calls).toEqual([]);
  });

  it('is refused for running, succeeded and old runs', async () => {
    const { clock, create, engine, fault, start } = startBroken();
    const waiting = create('waiting', single({ Type: 'Wait', Seconds: 5, End: true }));
    const failing = create('failing', single({ Type: 'Fail' }));
    await clock.run('test', async () => {
      const executionArn = await start(waiting, 'r');
      expect(await fault('RedriveExecution', { executionArn })).toEqual({
        code: 'ExecutionNotRedrivable',
        statusCode: 400,
        message: `Execution is RUNNING and cannot be redriven: '${executionArn}'`,
      });
      await engine.waitForEnd(executionArn);
      expect(await fault('RedriveExecution', { executionArn })).toMatchObject({
        message: expect.stringContaining('Execution is SUCCEEDED'),
      });
      const old = await start(failing, 'old');
      await clock.sleepMs(14 * 24 * 3_600_000 + 1);
      expect(await fault('RedriveExecution', { executionArn: old })).toMatchObject({
        message: expect.stringContaining('Execution redrivable period exceeded'),
      });
    });
  });

  it('happens once for one client token', async () => {
    const { call, clock, create, describe: describeRun, engine, start } = startBroken();
    const arn = create('m', single({ Type: 'Fail' }));
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'r');
      await engine.waitForEnd(executionArn);
      for (let times = 0; times < 2; times++) {
        await call('RedriveExecution', { executionArn, clientToken: 'once' });
        await engine.waitForEnd(executionArn);
        await clock.sleepMs(60_000);
      }
      expect(await describeRun(executionArn)).toMatchObject({ redriveCount: 1 });
      await clock.sleepMs(15 * 60_000);
      await call('RedriveExecution', { executionArn, clientToken: 'once' });
      expect(await describeRun(executionArn)).toMatchObject({ redriveCount: 2 });
    });
  });
});
