import 'aws-sdk-client-mock-vitest/extend';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ReplicatedWriteConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ControlItems, number, text } from '../../../functions/control/control-items.ts';
import { ControlConflict, ServiceUnavailable, UnexpectedAnswer } from '../../../functions/runtime/errors.ts';
import { fakeRuntime } from '../../support/fake-ports.ts';

const dynamodb = mockClient(DynamoDBClient);
beforeEach(() => {
  dynamodb.reset();
});

const items = () => new ControlItems(fakeRuntime(), { region: 'us-east-2', tableName: 'control' });
const key = (item: string) => ({ scope: 'PAIR#orders', item });
const stored = (sk: string, more = {}) => ({ pk: { S: 'PAIR#orders' }, sk: { S: sk }, ...more });
const schema = z.object({ owner: text, fence: number });

describe('ControlItems', () => {
  it('reads several items in one consistent call, whatever the order of the answer', async () => {
    dynamodb.on(BatchGetItemCommand).resolves({ Responses: { control: [stored('LOCK'), stored('EPOCH')] } });
    const found = await items().getAll([key('EPOCH'), key('FREEZE'), key('LOCK')]);
    expect([...found.keys()].sort()).toEqual(['PAIR#orders/EPOCH', 'PAIR#orders/LOCK']);
    expect(dynamodb).toHaveReceivedCommandExactlyOnceWith(BatchGetItemCommand, {
      RequestItems: {
        control: {
          Keys: ['EPOCH', 'FREEZE', 'LOCK'].map((sk) => stored(sk)),
          ConsistentRead: true,
        },
      },
    });
  });

  it('asks nothing for no keys', async () => {
    expect(await items().getAll([])).toEqual(new Map());
    expect(dynamodb.calls()).toEqual([]);
  });

  it('takes keys that were left unread for a read that failed, not for absent items', async () => {
    dynamodb.on(BatchGetItemCommand).resolves({
      Responses: { control: [] },
      UnprocessedKeys: { control: { Keys: [stored('LOCK')] } },
    });
    await expect(items().getAll([key('LOCK')])).rejects.toThrow(ServiceUnavailable);
  });

  it('names the item and the members that it cannot read', async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: stored('LOCK', { owner: { S: 'arn:ours' }, fence: { S: '3' } }) });
    const read = items().get(key('LOCK'), schema);
    await expect(read).rejects.toThrow(UnexpectedAnswer);
    await expect(read).rejects.toThrow(/^item LOCK of PAIR#orders in table control/);
    await expect(read).rejects.toMatchObject({ details: { problems: [expect.stringMatching(/^fence/)] } });
  });

  it('gives the whole item as the change left it', async () => {
    dynamodb.on(UpdateItemCommand).resolves({
      Attributes: stored('LOCK', { owner: { S: 'arn:ours' }, fence: { N: '4' } }),
    });
    const change = { UpdateExpression: 'ADD fence :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
    expect(await items().changeAndRead(key('LOCK'), change, schema)).toEqual({ owner: 'arn:ours', fence: 4 });
    expect(dynamodb).toHaveReceivedCommandExactlyOnceWith(UpdateItemCommand, { ...change, ReturnValues: 'ALL_NEW' });
  });

  it('lists keys page by page', async () => {
    const page = { pk: { S: 'GLOBAL' }, sk: { S: 'FREEZE' } };
    dynamodb
      .onAnyCommand()
      .resolvesOnce({ Items: [page], LastEvaluatedKey: page })
      .resolves({ Items: [stored('LOCK')] });
    expect(await items().keys()).toEqual([{ scope: 'GLOBAL', item: 'FREEZE' }, key('LOCK')]);
  });

  describe.each([
    ['put', () => items().put(key('LOCK'), {})],
    ['change', () => items().change(key('LOCK'), { UpdateExpression: 'ADD fence :one' })],
    ['remove', () => items().remove(key('LOCK'))],
  ] as const)('%s', (_name, write) => {
    it('calls a failed condition a conflict, and does not try again', async () => {
      dynamodb.onAnyCommand().rejects(new ConditionalCheckFailedException({ message: 'no', $metadata: {} }));
      await expect(write()).rejects.toThrow(ControlConflict);
      expect(dynamodb.calls()).toHaveLength(1);
    });

    it('may be tried again after a write in another Region at the same time', async () => {
      dynamodb.onAnyCommand().rejects(new ReplicatedWriteConflictException({ message: 'no', $metadata: {} }));
      await expect(write()).rejects.toMatchObject({
        name: 'ServiceUnavailable',
        details: { table: 'control', region: 'us-east-2', subject: 'PAIR#orders/LOCK' },
      });
    });
  });
});
