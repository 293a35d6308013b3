import 'aws-sdk-client-mock-vitest/extend';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { ControlItems } from '../../../functions/control/control-items.ts';
import type { Fence } from '../../../functions/control/fence.ts';
import { FenceTable } from '../../../functions/control/fence-table.ts';
import { ControlConflict, UnexpectedAnswer } from '../../../functions/runtime/errors.ts';
import { fakeRuntime } from '../../support/fake-ports.ts';

const dynamodb = mockClient(DynamoDBClient);
beforeEach(() => {
  dynamodb.reset();
});

const table = () => new FenceTable(new ControlItems(fakeRuntime(), { region: 'us-east-2', tableName: 'control' }));
const key = { pk: { S: 'PAIR#orders' }, sk: { S: 'FENCE#us-east-1' } };
const item = {
  ...key,
  brokerId: { S: 'b-1' },
  epoch: { N: '2' },
  status: { S: 'wanted' },
  updatedAtMs: { N: '1000' },
};
const fence: Fence = { region: 'us-east-1', brokerId: 'b-1', epoch: 2, status: 'wanted', updatedAtMs: 1_000 };
const changedMeanwhile = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });

describe('FenceTable', () => {
  it("reads a Region's fence consistently", async () => {
    dynamodb.on(GetItemCommand).resolves({
      Item: { ...item, attemptedAtMs: { N: '5' }, appliedAtMs: { N: '6' }, reported: { S: 'hook-failed' } },
    });
    const read = await table().read('orders', 'us-east-1');
    expect(read).toEqual({ ...fence, attemptedAtMs: 5, appliedAtMs: 6, reported: 'hook-failed' });
    expect(dynamodb).toHaveReceivedCommandWith(GetItemCommand, { Key: key, ConsistentRead: true });
  });

  it('reads none where none was recorded, and refuses an item it does not know', async () => {
    dynamodb
      .on(GetItemCommand)
      .resolvesOnce({})
      .resolves({ Item: { ...item, status: { S: 'paused' } } });
    expect(await table().read('orders', 'us-east-1')).toBeUndefined();
    await expect(table().read('orders', 'us-east-1')).rejects.toBeInstanceOf(UnexpectedAnswer);
  });

  it('records a wish only over an earlier epoch', async () => {
    dynamodb.on(PutItemCommand).resolvesOnce({}).rejects(changedMeanwhile);
    await table().want('orders', fence, 1_000);
    expect(dynamodb).toHaveReceivedCommandWith(PutItemCommand, {
      TableName: 'control',
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk) OR #epoch < :epoch',
      ExpressionAttributeNames: { '#epoch': 'epoch' },
      ExpressionAttributeValues: { ':epoch': { N: '2' } },
    });
    await expect(table().want('orders', fence, 1_000)).rejects.toBeInstanceOf(ControlConflict);
  });

  it('changes only the fence that was seen, and gives it as it is then', async () => {
    dynamodb
      .on(UpdateItemCommand)
      .resolvesOnce({ Attributes: { ...item, status: { S: 'undoing' }, attemptedAtMs: { N: '9' } } })
      .rejects(changedMeanwhile);
    expect(await table().change('orders', fence, { status: 'undoing' }, 2_000)).toMatchObject({
      region: 'us-east-1',
      status: 'undoing',
      attemptedAtMs: 9,
    });
    expect(dynamodb).toHaveReceivedCommandWith(UpdateItemCommand, {
      Key: key,
      UpdateExpression: 'SET #status = :status, #updatedAtMs = :updatedAtMs',
      ConditionExpression: '#epoch = :wasEpoch AND #status = :wasStatus',
      ExpressionAttributeValues: {
        ':wasEpoch': { N: '2' },
        ':wasStatus': { S: 'wanted' },
        ':status': { S: 'undoing' },
        ':updatedAtMs': { N: '2000' },
      },
    });
    await expect(table().change('orders', fence, { appliedAtMs: 5 }, 2_000)).rejects.toBeInstanceOf(ControlConflict);
  });
});
