import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { A, type AwsUnderTest, B, rejection, ways, withAws } from '../support/aws-under-test.ts';

const TableName = 'ledger';
const key = (pk: string, sk = 'P') => ({ pk: { S: pk }, sk: { S: sk } });

const addLedger = async ({ aws }: AwsUnderTest) =>
  await aws.addTable({
    tableName: TableName,
    partitionKey: 'pk',
    sortKey: 'sk',
    consistency: 'eventual',
    regions: [A, B],
    timeToLiveAttribute: 'expiresAt',
  });

const put = (client: DynamoDBClient, pk: string, by: string, change: object = {}) =>
  client.send(new PutItemCommand({ TableName, Item: { ...key(pk), by: { S: by } }, ...change }));

const get = async (client: DynamoDBClient, pk: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: key(pk), ConsistentRead: true }))).Item?.by?.S;

/** Longer than the lag of any write. */
const aWhileMs = 5_000;

describe.each(ways)('a table with eventual consistency, %s', (way) => {
  it('shows a write at once where it was made, and a moment later in the other Region', async () => {
    await withAws(way, async (test) => {
      await addLedger(test);
      await put(test.dynamoDb(A), 'm1', 'consumer');
      expect(await get(test.dynamoDb(A), 'm1')).toBe('consumer');
      expect(await get(test.dynamoDb(B), 'm1')).toBeUndefined();
      await test.pass(aWhileMs);
      expect(await get(test.dynamoDb(B), 'm1')).toBe('consumer');
    });
  });

  it('replicates updates, deletions and batches as they are in the end', async () => {
    await withAws(way, async (test) => {
      await addLedger(test);
      const batch = ['m1', 'm2', 'm3'].map((pk) => ({ PutRequest: { Item: { ...key(pk), by: { S: 'batch' } } } }));
      await test.dynamoDb(A).send(new BatchWriteItemCommand({ RequestItems: { [TableName]: batch } }));
      await test.dynamoDb(A).send(
        new UpdateItemCommand({
          TableName,
          Key: key('m2'),
          UpdateExpression: 'SET #by = :by',
          ExpressionAttributeNames: { '#by': 'by' },
          ExpressionAttributeValues: { ':by': { S: 'update' } },
        }),
      );
      await test.pass(aWhileMs);
      const seen = async () => [
        await get(test.dynamoDb(B), 'm1'),
        await get(test.dynamoDb(B), 'm2'),
        await get(test.dynamoDb(B), 'm3'),
      ];
      expect(await seen()).toEqual(['batch', 'update', 'batch']);
      await test.dynamoDb(A).send(new DeleteItemCommand({ TableName, Key: key('m3') }));
      const removal = [{ DeleteRequest: { Key: key('m1') } }];
      await test.dynamoDb(A).send(new BatchWriteItemCommand({ RequestItems: { [TableName]: removal } }));
      await test.pass(aWhileMs);
      expect(await seen()).toEqual([undefined, 'update', undefined]);
    });
  });

  it('decides conditions by what its own Region has, and lets the last writer win', async () => {
    await withAws(way, async (test) => {
      await addLedger(test);
      const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
      await put(test.dynamoDb(A), 'm1', 'A', condition);
      await test.pass(10);
      await put(test.dynamoDb(B), 'm1', 'B', condition);
      expect(await rejection(put(test.dynamoDb(A), 'm1', 'A again', condition))).toBeInstanceOf(
        ConditionalCheckFailedException,
      );
      await test.pass(aWhileMs);
      expect([await get(test.dynamoDb(A), 'm1'), await get(test.dynamoDb(B), 'm1')]).toEqual(['B', 'B']);
    });
  });

  it('keeps the unreplicated writes of a Region that goes dark until it returns', async () => {
    await withAws(way, async (test) => {
      await addLedger(test);
      await put(test.dynamoDb(A), 'm1', 'A');
      test.aws.blackout(A);
      await put(test.dynamoDb(B), 'm2', 'B');
      await test.pass(60 * 60_000);
      expect(await get(test.dynamoDb(B), 'm1')).toBeUndefined();
      test.aws.restore(A);
      await test.pass(aWhileMs);
      expect(await get(test.dynamoDb(B), 'm1')).toBe('A');
      expect(await get(test.dynamoDb(A), 'm2')).toBe('B');
    });
  });

  it('replicates nothing across a partition, and nothing late while a fault delays it', async () => {
    await withAws(way, async (test) => {
      await addLedger(test);
      const partition = test.aws.faults.start({ kind: 'partition', regions: [A, B] });
      await put(test.dynamoDb(A), 'm1', 'A');
      await test.pass(aWhileMs);
      expect(await get(test.dynamoDb(B), 'm1')).toBeUndefined();
      test.aws.faults.stop(partition);
      await test.pass(aWhileMs);
      expect(await get(test.dynamoDb(B), 'm1')).toBe('A');

      test.aws.faults.start({ kind: 'ledger-lag', seconds: 60, tableName: 'led*', fromRegion: A });
      await put(test.dynamoDb(A), 'm2', 'A');
      await put(test.dynamoDb(B), 'm3', 'B');
      await test.pass(50_000);
      expect(await get(test.dynamoDb(B), 'm2')).toBeUndefined();
      expect(await get(test.dynamoDb(A), 'm3')).toBe('B');
      await test.pass(15_000);
      expect(await get(test.dynamoDb(B), 'm2')).toBe('A');
    });
  });

  it('replicates nothing until a fault without a number of seconds ends', async () => {
    await withAws(way, async (test) => {
      await addLedger(test);
      const lag = test.aws.faults.start({ kind: 'ledger-lag' });
      await put(test.dynamoDb(A), 'm1', 'A');
      await test.pass(24 * 60 * 60_000);
      expect(await get(test.dynamoDb(B), 'm1')).toBeUndefined();
      test.aws.faults.stop(lag);
      await test.pass(aWhileMs);
      expect(await get(test.dynamoDb(B), 'm1')).toBe('A');
    });
  });

  it('hands back what a fault leaves of a batch, and refuses batches that are too long', async () => {
    await withAws(way, async (test) => {
      await addLedger(test);
      const client = test.dynamoDb(A);
      const entries = (count: number) =>
        Array.from({ length: count }, (_unused, index) => ({ PutRequest: { Item: key(`m${index}`) } }));
      const write = (count: number) =>
        client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: entries(count) } }));
      const read = (count: number) =>
        client.send(
          new BatchGetItemCommand({
            RequestItems: {
              [TableName]: { Keys: entries(count).map(({ PutRequest }) => PutRequest.Item), ConsistentRead: true },
            },
          }),
        );
      test.aws.faults.start({ kind: 'unprocessed-items', processed: 2, count: 2 });
      expect((await write(3)).UnprocessedItems).toEqual({ [TableName]: entries(3).slice(2) });
      const partial = await read(3);
      expect(partial.Responses?.[TableName]).toEqual([key('m0'), key('m1')]);
      expect(partial.UnprocessedKeys).toEqual({ [TableName]: { Keys: [key('m2')], ConsistentRead: true } });
      expect((await write(3)).UnprocessedItems).toEqual({});
      expect((await read(3)).Responses?.[TableName]).toHaveLength(3);
      expect((await write(25)).UnprocessedItems).toEqual({});
      expect(await rejection(write(26))).toMatchObject({ name: 'ValidationException' });
      await read(100);
      test.aws.faults.start({ kind: 'unprocessed-items' });
      expect(await rejection(read(101))).toMatchObject({ name: 'ValidationException' });
    });
  });

  it('describes its replicas and the attribute that ends an item', async () => {
    await withAws(way, async (test) => {
      await addLedger(test);
      const { Table } = await test.dynamoDb(B).send(new DescribeTableCommand({ TableName }));
      expect(Table).toMatchObject({ MultiRegionConsistency: 'EVENTUAL', Replicas: [{ RegionName: A }] });
      const { TimeToLiveDescription } = await test.dynamoDb(A).send(new DescribeTimeToLiveCommand({ TableName }));
      expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
    });
  });
});

describe('the lag of a table', () => {
  it('is the same for every run with one seed', async () => {
    const arrivals = async () => {
      const seen: number[] = [];
      await withAws('in process', async (test) => {
        await addLedger(test);
        for (const pk of ['m1', 'm2', 'm3']) {
          await put(test.dynamoDb(A), pk, 'A');
          const sentMs = test.aws.clock.nowMs();
          while ((await get(test.dynamoDb(B), pk)) === undefined) await test.pass(10);
          seen.push(test.aws.clock.nowMs() - sentMs);
        }
      });
      return seen;
    };
    const first = await arrivals();
    expect(await arrivals()).toEqual(first);
    expect(new Set(first).size).toBe(3);
    for (const lagMs of first) expect(lagMs).toBeGreaterThanOrEqual(500);
    for (const lagMs of first) expect(lagMs).toBeLessThanOrEqual(1_510);
  });
});
