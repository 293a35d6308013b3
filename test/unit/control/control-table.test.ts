import 'aws-sdk-client-mock-vitest/extend';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ReplicatedWriteConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { ControlItems } from '../../../functions/control/control-items.ts';
import { ControlTable } from '../../../functions/control/control-table.ts';
import { ControlConflict, ServiceUnavailable, UnexpectedAnswer } from '../../../functions/runtime/errors.ts';
import { eastRef, westRef } from '../../support/brokers.ts';
import { earlierIntent, fakeRuntime, sdkError } from '../../support/fake-ports.ts';

const dynamodb = mockClient(DynamoDBClient);
beforeEach(() => {
  dynamodb.reset();
});

const table = () => new ControlTable(new ControlItems(fakeRuntime(), { region: 'us-east-2', tableName: 'control' }));
const intent = earlierIntent('Promote', { sequence: 3, subject: westRef.brokerId });
const key = (sk: string) => ({ pk: { S: 'PAIR#orders' }, sk: { S: sk } });
const approvalKey = (id: string) => ({ pk: { S: 'APPROVALS#orders' }, sk: { S: `APPROVAL#${id}` } });
const item = (changes: Readonly<Record<string, unknown>> = {}) =>
  ({
    ...key('INTENT#Promote'),
    sequence: { N: '3' },
    decision: { S: intent.decision },
    subject: { S: intent.subject },
    status: { S: 'issuing' },
    executionArn: { S: intent.executionArn },
    openedAtMs: { N: String(intent.openedAtMs) },
    ...changes,
  }) as never;

describe('ControlTable reads', () => {
  it('reads an intent consistently, in the Region of its replica', async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: item() });
    expect(await table().readIntent('orders', 'Promote')).toEqual(intent);
    expect(dynamodb).toHaveReceivedCommandExactlyOnceWith(GetItemCommand, {
      TableName: 'control',
      Key: key('INTENT#Promote'),
      ConsistentRead: true,
    });
    expect(await dynamodb.call(0).thisValue.config.region()).toBe('us-east-2');
  });

  it('reads how a settled intent ended', async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: item({ status: { S: 'settled' }, settledAs: { S: 'rejected' } }) });
    expect(await table().readIntent('orders', 'Promote')).toMatchObject({ status: 'settled', settledAs: 'rejected' });
  });

  it('reads what is not there as undefined', async () => {
    dynamodb.on(GetItemCommand).resolves({});
    expect(await table().readIntent('orders', 'Promote')).toBeUndefined();
    expect(await table().readMembers('orders')).toBeUndefined();
    expect(await table().readApproval('orders', 'a1')).toBeUndefined();
  });

  it("reads a pair's members and an approval with its decision", async () => {
    dynamodb.on(GetItemCommand, { Key: key('MEMBERS') }).resolves({
      Item: { brokers: { L: [{ S: eastRef.arn }, { S: westRef.arn }] } },
    });
    dynamodb.on(GetItemCommand, { Key: approvalKey('a1') }).resolves({
      Item: {
        question: { S: 'Reboot?' },
        status: { S: 'approved' },
        expiresAtMs: { N: '99' },
        executionArn: { S: 'arn:run' },
        decidedBy: { S: 'arn:aws:iam::111122223333:user/ann' },
      },
    });
    expect(await table().readMembers('orders')).toEqual([eastRef.arn, westRef.arn]);
    expect(await table().readApproval('orders', 'a1')).toEqual({
      pair: 'orders',
      approvalId: 'a1',
      question: 'Reboot?',
      status: 'approved',
      expiresAtMs: 99,
      executionArn: 'arn:run',
      decidedBy: 'arn:aws:iam::111122223333:user/ann',
    });
  });

  it.each([
    ['lacks a member', { sequence: undefined }],
    ['has a member of another type', { sequence: { S: '3' } }],
    ['has a status this version does not know', { status: { S: 'pondering' } }],
    ['ended in a way this version does not know', { settledAs: { S: 'abandoned' } }],
  ])('refuses an item that %s', async (_label, changes) => {
    dynamodb.on(GetItemCommand).resolves({ Item: item(changes) });
    await expect(table().readIntent('orders', 'Promote')).rejects.toThrow(UnexpectedAnswer);
  });
});

describe('ControlTable intents', () => {
  it('opens the first intent only where there is none', async () => {
    dynamodb.on(PutItemCommand).resolves({});
    await table().openIntent({ ...intent, sequence: 1 });
    expect(dynamodb).toHaveReceivedCommandExactlyOnceWith(PutItemCommand, {
      TableName: 'control',
      Item: item({ sequence: { N: '1' } }),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  });

  it('opens a later intent only on the settled one before it', async () => {
    dynamodb.on(PutItemCommand).resolves({});
    await table().openIntent(intent);
    expect(dynamodb).toHaveReceivedCommandExactlyOnceWith(PutItemCommand, {
      TableName: 'control',
      Item: item(),
      ConditionExpression: '#status = :settled AND #sequence = :previous',
      ExpressionAttributeNames: { '#status': 'status', '#sequence': 'sequence' },
      ExpressionAttributeValues: { ':settled': { S: 'settled' }, ':previous': { N: '2' } },
    });
  });

  it('marks an intent issued only while it is open', async () => {
    dynamodb.on(UpdateItemCommand).resolves({});
    await table().markIssued(intent);
    expect(dynamodb).toHaveReceivedCommandExactlyOnceWith(UpdateItemCommand, {
      TableName: 'control',
      Key: key('INTENT#Promote'),
      UpdateExpression: 'SET #status = :status',
      ConditionExpression: '#sequence = :sequence AND (#status <> :settled OR settledAs = :settledAs)',
      ExpressionAttributeNames: { '#status': 'status', '#sequence': 'sequence' },
      ExpressionAttributeValues: {
        ':status': { S: 'issued' },
        ':sequence': { N: '3' },
        ':settled': { S: 'settled' },
        ':settledAs': { S: 'open' },
      },
    });
  });

  it('settles an intent only if nobody has settled it otherwise', async () => {
    dynamodb.on(UpdateItemCommand).resolves({});
    await table().settleIntent(intent, 'effective');
    expect(dynamodb).toHaveReceivedCommandWith(UpdateItemCommand, {
      UpdateExpression: 'SET #status = :status, settledAs = :settledAs',
      ExpressionAttributeValues: {
        ':status': { S: 'settled' },
        ':sequence': { N: '3' },
        ':settled': { S: 'settled' },
        ':settledAs': { S: 'effective' },
      },
    });
  });

  it('forgets the members of one pair', async () => {
    dynamodb.on(DeleteItemCommand).resolves({});
    await table().forgetMembers('orders');
    expect(dynamodb).toHaveReceivedCommandExactlyOnceWith(DeleteItemCommand, {
      TableName: 'control',
      Key: key('MEMBERS'),
    });
  });

  it('records members, and an approval only under a free id', async () => {
    dynamodb.on(PutItemCommand).resolves({});
    await table().recordMembers('orders', [eastRef.arn, westRef.arn]);
    await table().openApproval({
      pair: 'orders',
      approvalId: 'a1',
      question: 'Reboot?',
      status: 'open',
      expiresAtMs: 99,
      executionArn: 'arn:run',
    });
    expect(dynamodb).toHaveReceivedNthCommandWith(PutItemCommand, 1, {
      Item: { ...key('MEMBERS'), brokers: { L: [{ S: eastRef.arn }, { S: westRef.arn }] } },
    });
    expect(dynamodb).toHaveReceivedNthCommandWith(PutItemCommand, 2, {
      Item: {
        ...approvalKey('a1'),
        question: { S: 'Reboot?' },
        status: { S: 'open' },
        expiresAtMs: { N: '99' },
        executionArn: { S: 'arn:run' },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  });
});

describe('ControlTable errors', () => {
  it('calls a failed condition a conflict', async () => {
    dynamodb.on(PutItemCommand).rejects(new ConditionalCheckFailedException({ message: 'no', $metadata: {} }));
    await expect(table().openIntent(intent)).rejects.toThrow(ControlConflict);
  });

  it('may be tried again after a concurrent write in another Region', async () => {
    dynamodb.on(UpdateItemCommand).rejects(new ReplicatedWriteConflictException({ message: 'no', $metadata: {} }));
    await expect(table().markIssued(intent)).rejects.toThrow(ServiceUnavailable);
  });

  it.each([
    ['ServiceUnavailable', sdkError('ProvisionedThroughputExceededException', 400)],
    ['ServiceUnavailable', sdkError('InternalServerError', 500)],
    ['ServiceUnavailable', sdkError('TimeoutError')],
    ['AccessDenied', sdkError('AccessDeniedException', 400)],
    ['NotFound', sdkError('ResourceNotFoundException', 400)],
    ['RequestRejected', sdkError('ValidationException', 400)],
  ])('gives the SDK error the name %s and writes once', async (name, error) => {
    dynamodb.on(PutItemCommand).rejects(error);
    await expect(table().openIntent(intent)).rejects.toMatchObject({ name, cause: error });
    expect(dynamodb).toHaveReceivedCommandTimes(PutItemCommand, 1);
  });
});
