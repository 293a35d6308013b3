import 'aws-sdk-client-mock-vitest/extend';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { handler as checkApproval } from '../../../functions/runs/check-approval.handler.ts';
import { handler as reportFailure } from '../../../functions/runs/report-failure.handler.ts';
import { handler as requestApproval } from '../../../functions/runs/request-approval.handler.ts';
import { runWithRuntime } from '../../../functions/runtime/runtime.ts';
import { noonMs } from '../../support/brokers.ts';
import { fakeRuntime } from '../../support/fake-ports.ts';

const dynamodb = mockClient(DynamoDBClient);
const sns = mockClient(SNSClient);
beforeEach(() => {
  dynamodb.reset();
  sns.reset();
  dynamodb.on(GetItemCommand).resolves({});
  dynamodb.on(PutItemCommand).resolves({});
  sns.on(PublishCommand).resolves({});
});

const environment = {
  AWS_REGION: 'us-west-2',
  PAIRS: '[{"name":"orders","approvalSeconds":1800}]',
  CONTROL_TABLE: 'control',
  CONTROL_REGION: 'us-east-2',
  TOPIC_ARN: 'arn:aws:sns:us-west-2:111122223333:mq-dr',
};
const run = {
  executionArn: 'arn:aws:states:us-west-2:111122223333:execution:create-replica:run-1',
  startTime: '2026-11-04T11:00:00.000Z',
};
const call = <O>(handler: (event: unknown, context: Context) => Promise<O>, event: object): Promise<O> =>
  runWithRuntime(fakeRuntime({ environment }), async () => await handler({ run, ...event }, {} as Context));

const lastPage = (): Partial<PublishCommandInput> => sns.commandCalls(PublishCommand).at(-1)?.args[0].input ?? {};
const approvalItem = (status: string, expiresAtMs: number) => ({
  question: { S: 'Reboot?' },
  status: { S: status },
  expiresAtMs: { N: String(expiresAtMs) },
  executionArn: { S: run.executionArn },
});

describe('request-approval', () => {
  const event = {
    pair: 'orders',
    question: 'Reboot b-1?',
    details: ['replication begins', 'primary: user app: UPDATE'],
  };

  it("opens an approval for the pair's time and pages with its id, details and both answers", async () => {
    const { approvalId, expiresAt } = await call(requestApproval, event);
    expect(expiresAt).toBe(new Date(noonMs + 1_800_000).toISOString());
    expect(dynamodb).toHaveReceivedCommandWith(PutItemCommand, {
      TableName: 'control',
      Item: {
        pk: { S: 'APPROVALS#orders' },
        sk: { S: `APPROVAL#${approvalId}` },
        question: { S: 'Reboot b-1?' },
        status: { S: 'open' },
        expiresAtMs: { N: String(noonMs + 1_800_000) },
        executionArn: { S: run.executionArn },
      },
    });
    const { Subject, Message } = lastPage();
    expect(Subject).toBe(`mq-dr ACT NOW: approval needed for orders by ${expiresAt.slice(0, 16)}Z`);
    for (const part of ['- primary: user app: UPDATE', `approve ${approvalId}`, `deny ${approvalId}`, expiresAt]) {
      expect(Message).toContain(part);
    }
  });

  it('finds the approval of an earlier attempt, keeps its time, and pages again', async () => {
    const first = await call(requestApproval, event);
    dynamodb.on(GetItemCommand).resolves({ Item: approvalItem('open', noonMs + 60_000) });
    const second = await call(requestApproval, event);
    expect(second).toEqual({ approvalId: first.approvalId, expiresAt: new Date(noonMs + 60_000).toISOString() });
    expect(dynamodb).toHaveReceivedCommandTimes(PutItemCommand, 1);
    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 2);
  });

  it('asks another question under another id', async () => {
    const first = await call(requestApproval, event);
    const second = await call(requestApproval, { ...event, question: 'Reboot b-2?' });
    expect(second.approvalId).not.toBe(first.approvalId);
  });
});

describe('check-approval', () => {
  it.each([
    ['approved', approvalItem('approved', noonMs - 1)],
    ['denied', approvalItem('denied', noonMs + 1)],
    ['open', approvalItem('open', noonMs + 1)],
    ['expired', approvalItem('open', noonMs)],
    ['expired', undefined],
  ])('says %s', async (state, item) => {
    dynamodb.on(GetItemCommand).resolves(item === undefined ? {} : { Item: item });
    expect(await call(checkApproval, { pair: 'orders', approvalId: 'a1' })).toEqual({ state });
  });
});

describe('report-failure', () => {
  const event = {
    workflow: 'switchover',
    pair: 'orders',
    error: 'UnsafeTopology',
    cause: 'both call themselves primary',
  };

  it('pages with the first error, its cause and the run', async () => {
    expect(await call(reportFailure, event)).toEqual({ reported: true });
    const { Subject, Message } = lastPage();
    expect(Subject).toBe('mq-dr ACT NOW: switchover of orders failed: UnsafeTopology');
    for (const part of ['both call themselves primary', 'Start a new run with the same input', run.executionArn]) {
      expect(Message).toContain(part);
    }
  });

  it('leaves the failure of a child execution to the child', async () => {
    const ofChild = { ...event, error: 'States.TaskFailed', cause: '{"ExecutionArn":"arn:child","Status":"FAILED"}' };
    expect(await call(reportFailure, ofChild)).toEqual({ reported: false });
    expect(sns).not.toHaveReceivedCommand(PublishCommand);
  });

  it('says whose step failed, and what to start again', async () => {
    await call(reportFailure, { ...event, workflow: 'reconcile', run: { ...run, fence: 3, child: true } });
    expect(lastPage().Message).toContain(`It was a step of ${run.executionArn}. If that run failed too`);
    expect(lastPage().Message).toContain('if it went on, start reconcile by hand');
  });

  it.each([
    ['no pair', undefined],
    ['a number for a pair', 42],
    ['an object for a pair', { name: 'orders' }],
  ])('reports a run whose input named %s', async (_label, pair) => {
    await call(reportFailure, { ...event, pair });
    expect(lastPage().Subject).toBe('mq-dr ACT NOW: switchover of (not named) failed: UnsafeTopology');
  });

  it('speaks of a cluster where the run was about one, and of no pair', async () => {
    const { pair: _pair, ...rest } = event;
    await call(reportFailure, { ...rest, workflow: 'policy-drift', cluster: 'events', error: 'AccessDenied' });
    const { Subject, Message } = lastPage();
    expect(Subject).toBe('mq-dr ACT TODAY: policy-drift of events failed: AccessDenied');
    expect(Message).toContain('The policy-drift run of events failed with AccessDenied.');
    expect(Message).not.toContain('pair');
  });

  it.each([
    ['watch', 'AccessDenied', 'ACT NOW'],
    ['unpair', 'AccessDenied', 'ACT TODAY'],
    ['unpair', 'UnsafeTopology', 'ACT NOW'],
  ])('says of a failed %s with %s how soon somebody must act', async (workflow, error, urgency) => {
    await call(reportFailure, { ...event, workflow, error });
    expect(lastPage().Subject).toBe(`mq-dr ${urgency}: ${workflow} of orders failed: ${error}`);
  });

  it('shows the beginning of a long cause', async () => {
    await call(reportFailure, { ...event, cause: 'x'.repeat(32_000) });
    expect(lastPage().Message?.length).toBeLessThan(2_000);
  });
});
