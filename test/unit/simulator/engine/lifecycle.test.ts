import { describe, expect, it } from 'vitest';
import { type TaskCall, TaskFailure, type TransitionEvent } from '../../../../simulator/engine/ports.ts';
import { machine, single, startChild, task } from './definitions.ts';
import { startHarness } from './harness.ts';

const child = machine('Slow', { Slow: { Type: 'Wait', Seconds: 600, End: true } });

describe('a task invoker', () => {
  it('is told which call of which run it serves', async () => {
    const calls: TaskCall[] = [];
    const { clock, create, engine, start } = startHarness({
      invokeTask: async (call) => {
        calls.push(call);
        if (calls.length === 1) throw new TaskFailure('Busy', '');
        return null;
      },
    });
    create('child', single(task({ TimeoutSeconds: 7, Retry: [{ ErrorEquals: ['Busy'] }] })));
    const arn = create('parent', single(startChild('.sync:2')));
    await clock.run('test', async () => engine.waitForEnd(await start(arn, 'top', { a: 1 })));
    const common = {
      resource: 'arn:aws:states:::lambda:invoke',
      arguments: { FunctionName: 'work', Payload: { a: 1 } },
      region: 'us-east-1',
      machineName: 'child',
      executionArn: 'arn:aws:states:us-east-1:111122223333:execution:child:inner',
      rootExecutionArn: 'arn:aws:states:us-east-1:111122223333:execution:parent:top',
      stateName: 'Only',
      timeoutSeconds: 7,
    };
    expect(calls).toEqual([
      { ...common, attempt: 1 },
      { ...common, attempt: 2 },
    ]);
  });

  it('that fails with anything but a TaskFailure fails the execution, uncaught', async () => {
    const {
      clock,
      create,
      describe: describeRun,
      engine,
      start,
    } = startHarness({
      invokeTask: async () => {
        throw new TypeError('the simulator is broken');
      },
    });
    const arn = create(
      'm',
      machine('A', {
        A: task({ End: undefined, Next: 'B', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }),
        B: { Type: 'Succeed' },
      }),
    );
    await clock.run('test', async () => {
      const execution = await start(arn, 'r');
      await engine.waitForEnd(execution);
      expect(await describeRun(execution)).toMatchObject({
        status: 'FAILED',
        error: 'States.Runtime',
        cause: expect.stringContaining('the simulator is broken'),
      });
    });
  });

  it('whose actor is killed fails its Task with Lambda.Unknown', async () => {
    const {
      clock,
      create,
      describe: describeRun,
      engine,
      start,
    } = startHarness({
      invokeTask: () => clock.killCurrent(),
    });
    const arn = create('m', single(task()));
    await clock.run('test', async () => {
      const execution = await start(arn, 'r');
      await engine.waitForEnd(execution);
      expect(await describeRun(execution)).toMatchObject({ status: 'FAILED', error: 'Lambda.Unknown' });
    });
  });
});

const lateFunction = () => {
  const ends: string[] = [];
  const harness = startHarness({
    invokeTask: async ({ attempt }) => {
      await harness.clock.sleepMs(60_000);
      ends.push(`try ${attempt} ended at ${harness.clock.nowMs() - Date.parse('2026-01-01T00:00:00Z')} ms`);
      return 'late';
    },
  });
  return { ...harness, ends };
};

describe('a function that is no longer waited for', () => {
  it('runs on after its Task timed out, and its result is dropped', async () => {
    const { clock, create, describe: describeRun, ends, engine, history, start } = lateFunction();
    const arn = create('m', single(task({ TimeoutSeconds: 5 })));
    await clock.run('test', async () => {
      const execution = await start(arn, 'r');
      await engine.waitForEnd(execution);
      expect(await describeRun(execution)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
      const before = await history(execution);
      await clock.sleepMs(100_000);
      expect(await history(execution)).toEqual(before);
    });
    expect(ends).toEqual(['try 1 ended at 60000 ms']);
  });

  it('runs on after its execution was stopped', async () => {
    const { call, clock, create, describe: describeRun, ends, history, start } = lateFunction();
    const arn = create('m', single(task()));
    await clock.run('test', async () => {
      const execution = await start(arn, 'r');
      await clock.sleepMs(1_000);
      expect(await call('StopExecution', { executionArn: execution, cause: 'enough' })).toEqual({
        stopDate: 1_767_225_601,
      });
      expect(await describeRun(execution)).toMatchObject({ status: 'ABORTED', cause: 'enough' });
      await clock.sleepMs(100_000);
      expect((await history(execution)).map(({ type }) => type).at(-1)).toBe('ExecutionAborted');
    });
    expect(ends).toHaveLength(1);
  });
});

describe('an execution whose time is declared over', () => {
  it('ends as timed out, and its function runs on', async () => {
    const { clock, create, describe: describeRun, ends, engine, history, start } = lateFunction();
    const arn = create('m', single(task()));
    await clock.run('test', async () => {
      const execution = await start(arn, 'r');
      await clock.sleepMs(1_000);
      engine.expire(execution);
      engine.expire(execution);
      expect(await describeRun(execution)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
      await clock.sleepMs(100_000);
      expect((await history(execution)).map(({ type }) => type).at(-1)).toBe('ExecutionTimedOut');
      expect(() => engine.expire('arn:aws:states:us-east-1:111122223333:execution:m:other')).toThrow('Does Not Exist');
    });
    expect(ends).toHaveLength(1);
  });
});

describe('a child execution', () => {
  it('is stopped with its parent', async () => {
    const { call, clock, create, engine, start } = startHarness();
    create('child', child);
    const arn = create('parent', single(startChild('.sync:2')));
    await clock.run('test', async () => {
      const parent = await start(arn, 'r');
      await clock.sleepMs(5_000);
      await call('StopExecution', { executionArn: parent });
    });
    expect(engine.executions().map(({ name, status }) => `${name} ${status}`)).toEqual(['r ABORTED', 'inner ABORTED']);
  });

  it('is stopped when another branch of the parent fails', async () => {
    const { clock, create, engine, start } = startHarness();
    create('child', child);
    const arn = create(
      'parent',
      single({
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Child', States: { Child: startChild('.sync:2') } },
          {
            StartAt: 'Soon',
            States: { Soon: { Type: 'Wait', Seconds: 3, Next: 'Bad' }, Bad: { Type: 'Fail', Error: 'E' } },
          },
        ],
        End: true,
      }),
    );
    await clock.run('test', async () => engine.waitForEnd(await start(arn, 'r')));
    expect(engine.executions()).toMatchObject([
      { status: 'FAILED', stoppedAtMs: 1_767_225_603_000 },
      { status: 'ABORTED', stoppedAtMs: 1_767_225_603_000, parentExecutionArn: engine.executions()[0]?.executionArn },
    ]);
  });

  it('runs on when its parent started it without waiting, or timed out waiting', async () => {
    const { call, clock, create, engine, start } = startHarness();
    create('child', child);
    const patient = create(
      'patient',
      machine('A', {
        A: startChild('', { End: undefined, Next: 'B' }),
        B: { Type: 'Wait', Seconds: 60, End: true },
      }),
    );
    const hasty = create(
      'hasty',
      single(
        startChild('.sync:2', {
          TimeoutSeconds: 5,
          Arguments: { StateMachineArn: '{% $states.input %}', Name: 'second' },
        }),
      ),
    );
    await clock.run('test', async () => {
      const parent = await start(patient, 'p');
      await engine.waitForEnd(await start(hasty, 'h', 'arn:aws:states:us-east-1:111122223333:stateMachine:child'));
      await call('StopExecution', { executionArn: parent });
    });
    expect(engine.executions().map(({ name, status }) => `${name} ${status}`)).toEqual([
      'p ABORTED',
      'h FAILED',
      'inner RUNNING',
      'second RUNNING',
    ]);
    expect(engine.executions()[2]?.rootExecutionArn).toBe(engine.executions()[2]?.executionArn);
  });
});

describe('the chain of history events', () => {
  // As recorded from the service, https://github.com/localstack/localstack, test_base_map[ITEMS] and test_map_state_catch.
  it('goes from iteration to iteration of a Map state', async () => {
    const { clock, create, engine, history, start } = startHarness();
    const arn = create(
      'm',
      single({
        Type: 'Map',
        Items: [1, 2],
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: 'Process', States: { Process: { Type: 'Pass', End: true } } },
        End: true,
      }),
    );
    await clock.run('test', async () => {
      const execution = await start(arn, 'r');
      await engine.waitForEnd(execution);
      expect((await history(execution)).map(({ previousEventId, type }) => `${previousEventId} ${type}`)).toEqual([
        '0 ExecutionStarted',
        '0 MapStateEntered',
        '2 MapStateStarted',
        '3 MapIterationStarted',
        '4 PassStateEntered',
        '5 PassStateExited',
        '6 MapIterationSucceeded',
        '6 MapIterationStarted',
        '8 PassStateEntered',
        '9 PassStateExited',
        '10 MapIterationSucceeded',
        '11 MapStateSucceeded',
        '11 MapStateExited',
        '13 ExecutionSucceeded',
      ]);
    });
  });

  it('goes from the failed iteration to what caught it', async () => {
    const { clock, create, engine, history, start } = startHarness();
    const arn = create(
      'm',
      machine('M', {
        M: {
          Type: 'Map',
          Items: [1],
          ItemProcessor: { StartAt: 'Bad', States: { Bad: { Type: 'Fail', Error: 'E' } } },
          Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['E'], Next: 'Done' }],
          Next: 'Done',
        },
        Done: { Type: 'Pass', End: true },
      }),
    );
    await clock.run('test', async () => {
      const execution = await start(arn, 'r');
      await engine.waitForEnd(execution);
      expect((await history(execution)).map(({ previousEventId, type }) => `${previousEventId} ${type}`)).toEqual([
        '0 ExecutionStarted',
        '0 MapStateEntered',
        '2 MapStateStarted',
        '3 MapIterationStarted',
        '4 FailStateEntered',
        '5 MapIterationFailed',
        '5 MapStateStarted',
        '7 MapIterationStarted',
        '8 FailStateEntered',
        '9 MapIterationFailed',
        '9 MapStateFailed',
        '11 MapStateExited',
        '12 PassStateEntered',
        '13 PassStateExited',
        '14 ExecutionSucceeded',
      ]);
    });
  });
});

describe('two runs with one seed', () => {
  it('have the same history, ids and jitter included', async () => {
    const run = async () => {
      let state = 7;
      const random = () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      const { call, clock, create, engine } = startHarness({
        random,
        invokeTask: async ({ attempt }) => {
          if (attempt < 3) throw new TaskFailure('Busy', '');
          return null;
        },
      });
      const arn = create(
        'm',
        single(
          task({
            Retry: [{ ErrorEquals: ['Busy'], JitterStrategy: 'FULL' }],
            Output: { id: '{% $uuid() %}', number: '{% $random() %}' },
          }),
        ),
      );
      return await clock.run('test', async () => {
        const { executionArn } = await call('StartExecution', { stateMachineArn: arn });
        await engine.waitForEnd(String(executionArn));
        return { executionArn, history: await call('GetExecutionHistory', { executionArn }) };
      });
    };
    expect(await run()).toEqual(await run());
  });
});

describe('the observer', () => {
  it('sees states entered, retried, caught and exited', async () => {
    const seen: TransitionEvent[] = [];
    const { clock, create, engine, start } = startHarness({
      onTransition: (event) => seen.push(event),
      invokeTask: async () => {
        throw new TaskFailure('Busy', 'why');
      },
    });
    const arn = create(
      'm',
      machine('Work', {
        Work: task({
          End: undefined,
          Next: 'Bad',
          Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['Busy'], Next: 'Done' }],
        }),
        Bad: { Type: 'Fail' },
        Done: { Type: 'Succeed' },
      }),
    );
    await clock.run('test', async () => engine.waitForEnd(await start(arn, 'r')));
    expect(seen.map(({ kind, stateName, error, next }) => [kind, stateName, error, next])).toEqual([
      ['entered', 'Work', undefined, undefined],
      ['retried', 'Work', 'Busy', undefined],
      ['caught', 'Work', 'Busy', 'Done'],
      ['exited', 'Work', undefined, 'Done'],
      ['entered', 'Done', undefined, undefined],
      ['exited', 'Done', undefined, undefined],
    ]);
    expect(seen[2]).toEqual({
      atMs: 1_767_225_601_000,
      executionArn: 'arn:aws:states:us-east-1:111122223333:execution:m:r',
      machineName: 'm',
      region: 'us-east-1',
      stateName: 'Work',
      stateType: 'Task',
      kind: 'caught',
      error: 'Busy',
      cause: 'why',
      next: 'Done',
    });
  });
});

describe('coverage', () => {
  it('tells what was visited of what there is', async () => {
    const { clock, create, engine, start } = startHarness();
    const definition = machine('Pick', {
      Pick: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input = 1 %}', Next: 'Work' },
          { Condition: '{% $states.input = 2 %}', Next: 'Work' },
        ],
        Default: 'Done',
      },
      Work: task({
        End: undefined,
        Next: 'Done',
        Retry: [{ ErrorEquals: ['A', 'B'] }],
        Catch: [{ ErrorEquals: ['A', 'B'], Next: 'Done' }],
      }),
      Done: { Type: 'Succeed' },
    });
    const arn = create('m', definition);
    create('m', definition, 'us-west-2');
    await clock.run('test', async () => engine.waitForEnd(await start(arn, 'r', 2)));
    expect(engine.coverage()).toEqual({
      m: {
        states: ['Pick', 'Work', 'Done'],
        statesVisited: ['Pick', 'Work', 'Done'],
        edges: [
          'Pick -[Choice 0]-> Work',
          'Pick -[Choice 1]-> Work',
          'Pick -[Default]-> Done',
          'Work -[Next]-> Done',
          'Work -[Catch 0: A, B]-> Done',
        ],
        edgesVisited: ['Pick -[Choice 1]-> Work', 'Work -[Next]-> Done'],
        retriers: ['Work -[Retry 0: A, B]'],
        retriersTaken: [],
      },
    });
  });
});
