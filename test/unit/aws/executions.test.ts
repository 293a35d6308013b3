import 'aws-sdk-client-mock-vitest/extend';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Executions, executionArnOf } from '../../../functions/aws/executions.ts';
import { AccessDenied, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { fakeRuntime, sdkError } from '../../support/fake-ports.ts';

const sfn = mockClient(SFNClient);
beforeEach(() => {
  sfn.reset();
});

const machineArn = 'arn:aws:states:us-west-2:111122223333:stateMachine:watch';
const executionArn = 'arn:aws:states:us-west-2:111122223333:execution:watch:one';
const executions = () => new Executions(fakeRuntime());

describe('start', () => {
  it('starts an execution by name in the Region of the machine', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn });
    expect(await executions().start(machineArn, 'one', { pair: 'orders' })).toBe('started');
    const input = { stateMachineArn: machineArn, name: 'one', input: '{"pair":"orders"}' };
    expect(sfn).toHaveReceivedCommandExactlyOnceWith(StartExecutionCommand, input);
    expect(await sfn.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it('says that the name was used before', async () => {
    sfn.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: 'exists', $metadata: {} }));
    expect(await executions().start(machineArn, 'one', {})).toBe('exists');
  });

  it.each([
    ['AccessDeniedException', 400, AccessDenied],
    ['ThrottlingException', 400, ServiceUnavailable],
  ] as const)('gives %s the name that workflows know', async (name, status, ErrorClass) => {
    sfn.on(StartExecutionCommand).rejects(sdkError(name, status));
    await expect(executions().start(machineArn, 'one', {})).rejects.toThrow(ErrorClass);
  });

  it('names executions as the service does', () => {
    expect(executionArnOf(machineArn, 'one')).toBe(executionArn);
  });
});

describe('describe', () => {
  it('reads what a cleanup needs', async () => {
    sfn.on(DescribeExecutionCommand).resolves({
      stateMachineArn: machineArn,
      status: 'FAILED',
      input: '{}',
      error: 'Stalled',
      cause: 'why',
      redriveCount: 2,
    });
    expect(await executions().describe(executionArn)).toEqual({
      executionArn,
      machine: 'watch',
      status: 'FAILED',
      input: '{}',
      error: 'Stalled',
      cause: 'why',
      redriveCount: 2,
    });
  });

  it('does with an answer that lacks members', async () => {
    sfn.on(DescribeExecutionCommand).resolves({});
    expect(await executions().describe(executionArn)).toMatchObject({
      machine: 'unknown',
      status: 'unknown',
      input: 'null',
    });
  });
});

describe('reportedBy', () => {
  const exited = (id: number, previousEventId: number, name: string) =>
    ({
      id,
      previousEventId,
      type: 'TaskStateExited',
      timestamp: new Date(0),
      stateExitedEventDetails: { name },
    }) as const;
  const event = (id: number, type: 'TaskSucceeded' | 'TaskFailed') =>
    ({ id, previousEventId: id - 1, type, timestamp: new Date(0) }) as const;

  it.each([
    ['a report that succeeded', [exited(9, 8, 'ReportStall'), event(8, 'TaskSucceeded')], 'ReportStall'],
    ['a report that failed', [exited(9, 8, 'ReportStall'), event(8, 'TaskFailed')], undefined],
    ['no report', [exited(9, 8, 'ReleaseLock'), event(8, 'TaskSucceeded')], undefined],
    ['nothing', [], undefined],
  ])('finds in a history with %s what is there', async (_label, events, expected) => {
    sfn.on(GetExecutionHistoryCommand).resolves({ events: [...events] });
    expect(await executions().reportedBy(executionArn)).toBe(expected);
    expect(sfn).toHaveReceivedCommandWith(GetExecutionHistoryCommand, { reverseOrder: true, maxResults: 100 });
  });
});
