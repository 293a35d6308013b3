import { describe, expect, it } from 'vitest';
import { ApiFault } from '../../../../simulator/api/service.ts';
import type { ExecutionStatusChangeEvent } from '../../../../simulator/engine/ports.ts';
import { machine, passes, single } from './definitions.ts';
import { startHarness, testRegion } from './harness.ts';

const waitingMachine = single({ Type: 'Wait', Seconds: 60, End: true });
const executionPrefix = 'arn:aws:states:us-east-1:111122223333:execution';

describe('StartExecution', () => {
  it('answers the same run for the same name and input while it runs', async () => {
    const { clock, create, call, start } = startHarness();
    const arn = create('m', waitingMachine);
    await clock.run('test', async () => {
      const first = await call('StartExecution', { stateMachineArn: arn, name: 'a', input: '{"x":1}' });
      await clock.sleepMs(10_000);
      expect(await call('StartExecution', { stateMachineArn: arn, name: 'a', input: '{"x":1}' })).toEqual(first);
      expect(first).toEqual({ executionArn: `${executionPrefix}:m:a`, startDate: 1_767_225_600 });
      expect(await start(arn, 'b')).toBe(`${executionPrefix}:m:b`);
    });
  });

  it('refuses a name with another input, and a name that was used', async () => {
    const { clock, create, engine, fault, start } = startHarness();
    const arn = create('m', waitingMachine);
    await clock.run('test', async () => {
      const execution = await start(arn, 'a', { x: 1 });
      const taken = {
        code: 'ExecutionAlreadyExists',
        statusCode: 400,
        message: `Execution Already Exists: '${execution}'`,
      };
      expect(await fault('StartExecution', { stateMachineArn: arn, name: 'a', input: '{"x":2}' })).toEqual(taken);
      await engine.waitForEnd(execution);
      expect(await fault('StartExecution', { stateMachineArn: arn, name: 'a', input: '{"x":1}' })).toEqual(taken);
    });
  });

  it('names a run without a name by a seeded UUID', async () => {
    const { clock, create, call } = startHarness();
    const arn = create('m', waitingMachine);
    const started = await clock.run('test', () => call('StartExecution', { stateMachineArn: arn }));
    expect(started.executionArn).toBe(`${executionPrefix}:m:80808080-8080-4080-8080-808080808080`);
  });

  it.each(['', 'a b', 'a:b', 'a/b', 'tab\t', 'x'.repeat(81), 'what?', 'a\u0000'])(
    'refuses the name %j',
    async (name) => {
      const { clock, create, fault } = startHarness();
      const arn = create('m', waitingMachine);
      const refused = await clock.run('test', () => fault('StartExecution', { stateMachineArn: arn, name }));
      expect(refused.code).toBe('InvalidName');
    },
  );

  it.each(['not json', '', `"${'x'.repeat(262_144)}"`])(
    'refuses an input that is no JSON or too large',
    async (input) => {
      const { clock, create, fault } = startHarness();
      const arn = create('m', waitingMachine);
      const refused = await clock.run('test', () => fault('StartExecution', { stateMachineArn: arn, input }));
      expect(refused).toMatchObject({ code: 'InvalidExecutionInput', statusCode: 400 });
    },
  );
});

describe('the API', () => {
  it('keeps Regions apart', async () => {
    const { clock, create, call, fault, start } = startHarness();
    const arn = create('m', waitingMachine);
    await clock.run('test', async () => {
      const execution = await start(arn, 'a');
      expect(await fault('DescribeExecution', { executionArn: execution }, 'us-west-2')).toMatchObject({
        code: 'ExecutionDoesNotExist',
      });
      expect(await fault('StartExecution', { stateMachineArn: arn }, 'us-west-2')).toMatchObject({
        code: 'StateMachineDoesNotExist',
        message: `State Machine Does Not Exist: '${arn}'`,
      });
      expect(await call('ListStateMachines', {}, 'us-west-2')).toEqual({ stateMachines: [] });
    });
  });

  it('refuses ARNs by the service’s codes', async () => {
    const { clock, fault } = startHarness();
    await clock.run('test', async () => {
      expect(await fault('DescribeExecution', { executionArn: 'nonsense' })).toEqual({
        code: 'InvalidArn',
        statusCode: 400,
        message: "Invalid Arn: 'Invalid ARN prefix: nonsense'",
      });
      expect(await fault('StopExecution', { executionArn: `${executionPrefix}:m:gone` })).toMatchObject({
        code: 'ExecutionDoesNotExist',
        message: `Execution Does Not Exist: '${executionPrefix}:m:gone'`,
      });
      expect(await fault('ListExecutions', { stateMachineArn: `${executionPrefix}:m:gone` })).toMatchObject({
        code: 'InvalidArn',
      });
    });
  });

  it('names unknown members and operations', async () => {
    const { clock, create, fault } = startHarness();
    const arn = create('m', waitingMachine);
    await clock.run('test', async () => {
      expect(await fault('StartExecution', { stateMachineArn: arn, traceHeader: 'x', nmae: 'y' })).toMatchObject({
        code: 'ValidationException',
        message: expect.stringContaining('members traceHeader, nmae of StartExecution'),
      });
      expect(await fault('ListExecutions', { stateMachineArn: arn, statusFilter: 'succeeded' })).toMatchObject({
        code: 'ValidationException',
        message: expect.stringContaining("'statusFilter'"),
      });
      expect(await fault('DeleteStateMachine', {})).toMatchObject({
        code: 'UnknownOperationException',
        message: expect.stringContaining('DeleteStateMachine is not modelled'),
      });
    });
  });

  it('lists runs newest first, by status and in pages', async () => {
    const { clock, create, call, engine, fault, start } = startHarness();
    const arn = create('m', passes(1));
    await clock.run('test', async () => {
      for (const name of ['a', 'b', 'c']) {
        await engine.waitForEnd(await start(arn, name));
        await clock.sleepMs(1_000);
      }
      const first = await call('ListExecutions', { stateMachineArn: arn, statusFilter: 'SUCCEEDED', maxResults: 2 });
      expect(first.executions).toMatchObject([{ name: 'c' }, { name: 'b' }]);
      const token = first.nextToken;
      const next = { stateMachineArn: arn, statusFilter: 'SUCCEEDED', maxResults: 2, nextToken: token };
      expect(await call('ListExecutions', next)).toEqual({
        executions: [
          {
            executionArn: `${executionPrefix}:m:a`,
            stateMachineArn: arn,
            name: 'a',
            status: 'SUCCEEDED',
            startDate: 1_767_225_600,
            stopDate: 1_767_225_600,
            redriveCount: 0,
          },
        ],
      });
      expect(await call('ListExecutions', { stateMachineArn: arn, statusFilter: 'FAILED' })).toEqual({
        executions: [],
      });
      expect(await fault('ListExecutions', { stateMachineArn: arn, nextToken: token })).toMatchObject({
        code: 'InvalidToken',
      });
      expect(await fault('ListExecutions', { stateMachineArn: arn, nextToken: 'x' })).toMatchObject({
        code: 'InvalidToken',
      });
    });
  });

  it('pages the history, reverses it and leaves data out', async () => {
    const { clock, create, call, engine, start } = startHarness();
    const arn = create('m', single({ Type: 'Pass', Assign: { x: 1 }, Output: 'out', End: true }));
    await clock.run('test', async () => {
      const executionArn = await start(arn, 'a', { in: 1 });
      await engine.waitForEnd(executionArn);
      const first = await call('GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 1 });
      expect(first.events).toMatchObject([{ id: 4, type: 'ExecutionSucceeded', previousEventId: 3 }]);
      const rest = await call('GetExecutionHistory', { executionArn, reverseOrder: true, nextToken: first.nextToken });
      expect(rest.events).toMatchObject([{ id: 3 }, { id: 2 }, { id: 1 }]);
      const { events } = await call('GetExecutionHistory', { executionArn });
      expect(events).toEqual([
        {
          id: 1,
          previousEventId: 0,
          timestamp: 1_767_225_600,
          type: 'ExecutionStarted',
          executionStartedEventDetails: {
            input: '{"in":1}',
            inputDetails: { truncated: false },
            roleArn: 'arn:aws:iam::111122223333:role/m',
          },
        },
        {
          id: 2,
          previousEventId: 0,
          timestamp: 1_767_225_600,
          type: 'PassStateEntered',
          stateEnteredEventDetails: { name: 'Only', input: '{"in":1}', inputDetails: { truncated: false } },
        },
        {
          id: 3,
          previousEventId: 2,
          timestamp: 1_767_225_600,
          type: 'PassStateExited',
          stateExitedEventDetails: {
            name: 'Only',
            output: '"out"',
            outputDetails: { truncated: false },
            assignedVariables: { x: '1' },
            assignedVariablesDetails: { truncated: false },
          },
        },
        {
          id: 4,
          previousEventId: 3,
          timestamp: 1_767_225_600,
          type: 'ExecutionSucceeded',
          executionSucceededEventDetails: { output: '"out"', outputDetails: { truncated: false } },
        },
      ]);
      expect(
        JSON.stringify(await call('GetExecutionHistory', { executionArn, includeExecutionData: false })),
      ).not.toMatch(/"(input|output|assignedVariables)":/);
    });
  });

  it('describes machines and runs', async () => {
    const { clock, create, call, start } = startHarness();
    const definition = passes(1);
    const arn = create('m', definition);
    await clock.run('test', async () => {
      expect(await call('DescribeStateMachine', { stateMachineArn: arn })).toMatchObject({
        stateMachineArn: arn,
        definition: JSON.stringify(definition),
        status: 'ACTIVE',
        type: 'STANDARD',
      });
      expect(await call('ListStateMachines', {})).toEqual({
        stateMachines: [{ stateMachineArn: arn, name: 'm', type: 'STANDARD', creationDate: 1_767_225_600 }],
      });
      const executionArn = await start(arn, 'a');
      expect(await call('DescribeExecution', { executionArn, includedData: 'METADATA_ONLY' })).toEqual({
        executionArn,
        stateMachineArn: arn,
        name: 'a',
        status: 'RUNNING',
        startDate: 1_767_225_600,
        inputDetails: { included: false },
        redriveCount: 0,
        redriveStatus: 'NOT_REDRIVABLE',
        redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
      });
    });
  });
});

describe('a state machine', () => {
  it('may be created again only as it is', () => {
    const { create } = startHarness();
    const arn = create('m', passes(1));
    expect(create('m', passes(1))).toBe(arn);
    expect(create('m', passes(1), 'us-west-2')).not.toBe(arn);
    expect(() => create('m', passes(2))).toThrowError(
      new ApiFault('StateMachineAlreadyExists', 400, `State Machine Already Exists: '${arn}'`),
    );
    expect(() => create('not good', passes(1))).toThrowError(/Invalid Name/);
  });

  it('may be handed in as text', () => {
    const { create } = startHarness();
    expect(create('m', JSON.stringify(passes(1)))).toContain(':stateMachine:m');
    expect(() => create('n', '{')).toThrowError(/is not JSON/);
  });
});

describe('status change events', () => {
  it('are emitted at the start and at each kind of end', async () => {
    const events: ExecutionStatusChangeEvent[] = [];
    const { clock, create, call, engine, start } = startHarness({ onStatusChange: (event) => events.push(event) });
    const waiting = create(
      'waiting',
      machine('W', { W: { Type: 'Wait', Seconds: 60, End: true } }, { TimeoutSeconds: 90 }),
    );
    const failing = create('failing', single({ Type: 'Fail', Error: 'E', Cause: 'C' }));
    const late = create('late', machine('W', { W: { Type: 'Wait', Seconds: 60, End: true } }, { TimeoutSeconds: 5 }));
    await clock.run('test', async () => {
      for (const [index, arn] of [waiting, failing, late].entries())
        await engine.waitForEnd(await start(arn, `r${index}`));
      await call('StopExecution', { executionArn: await start(waiting, 'stopped'), error: 'Stop', cause: 'enough' });
    });
    expect(events.map(({ detail }) => `${detail.name} ${detail.status}`)).toEqual([
      'r0 RUNNING',
      'r0 SUCCEEDED',
      'r1 RUNNING',
      'r1 FAILED',
      'r2 RUNNING',
      'r2 TIMED_OUT',
      'stopped RUNNING',
      'stopped ABORTED',
    ]);
    expect(events[3]).toEqual({
      version: '0',
      id: '80808080-8080-4080-8080-808080808080',
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account: '111122223333',
      time: '2026-01-01T00:01:00Z',
      region: testRegion,
      resources: [`${executionPrefix}:failing:r1`],
      detail: {
        executionArn: `${executionPrefix}:failing:r1`,
        stateMachineArn: failing,
        name: 'r1',
        status: 'FAILED',
        startDate: 1_767_225_660_000,
        stopDate: 1_767_225_660_000,
        input: '{}',
        output: null,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        redriveCount: 0,
        redriveDate: null,
        redriveStatus: 'REDRIVABLE',
        redriveStatusReason: null,
        inputDetails: { included: true },
        outputDetails: null,
        error: 'E',
        cause: 'C',
      },
    });
    expect(events[7]?.detail).toMatchObject({ error: 'Stop', cause: 'enough' });
  });
});
