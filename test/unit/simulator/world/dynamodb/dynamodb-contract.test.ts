import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  InternalServerError,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ReplicatedWriteConflictException,
  ResourceNotFoundException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { strongRegions } from '../../../../../simulator/world/dynamodb/table-spec.ts';
import { A, type AwsUnderTest, B, rejection, startMs, ways, withAws } from '../support/aws-under-test.ts';

const TableName = 'control';
const key = (pk: string, sk = 'LOCK') => ({ pk: { S: pk }, sk: { S: sk } });

const addControl = async ({ aws }: AwsUnderTest) =>
  await aws.addTable({
    tableName: TableName,
    partitionKey: 'pk',
    sortKey: 'sk',
    consistency: 'strong',
    regions: strongRegions,
  });

const put = (client: DynamoDBClient, pk: string, owner: string, change: object = {}) =>
  client.send(new PutItemCommand({ TableName, Item: { ...key(pk), owner: { S: owner } }, ...change }));

const get = async (client: DynamoDBClient, pk: string, ConsistentRead = true) =>
  (await client.send(new GetItemCommand({ TableName, Key: key(pk), ConsistentRead }))).Item;

describe.each(ways)('DynamoDB, %s', (way) => {
  it('serves a strong table as one table to all its Regions', async () => {
    await withAws(way, async (test) => {
      await addControl(test);
      await put(test.dynamoDb(A), 'p1', 'run-1');
      expect(await get(test.dynamoDb(B), 'p1')).toEqual({ ...key('p1'), owner: { S: 'run-1' } });
      const update = new UpdateItemCommand({
        TableName,
        Key: key('p1'),
        UpdateExpression: 'SET #owner = :new ADD fence :one',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':new': { S: 'run-2' }, ':one': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      });
      const updated = await test.dynamoDb(B).send(update);
      expect(updated.Attributes).toEqual({ ...key('p1'), owner: { S: 'run-2' }, fence: { N: '1' } });
      await test.dynamoDb('us-east-2').send(new DeleteItemCommand({ TableName, Key: key('p1') }));
      expect(await get(test.dynamoDb(A), 'p1')).toBeUndefined();
    });
  });

  it('writes under a condition, and returns the item that made it fail when asked', async () => {
    await withAws(way, async (test) => {
      await addControl(test);
      const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
      await put(test.dynamoDb(), 'p1', 'run-1', condition);
      const plain = await rejection(put(test.dynamoDb(B), 'p1', 'run-2', condition));
      expect(plain).toBeInstanceOf(ConditionalCheckFailedException);
      expect(plain).toHaveProperty('Item', undefined);
      const wanted = { ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
      const withItem = await rejection(put(test.dynamoDb(B), 'p1', 'run-2', wanted));
      expect(withItem).toMatchObject({ Item: { owner: { S: 'run-1' } } });
      const absent = await rejection(
        put(test.dynamoDb(B), 'p2', 'run-2', { ...wanted, ConditionExpression: 'attribute_exists(pk)' }),
      );
      expect(absent).toBeInstanceOf(ConditionalCheckFailedException);
      expect(absent).toHaveProperty('Item', undefined);
    });
  });

  it('queries and reads batches in a repeatable order', async () => {
    await withAws(way, async (test) => {
      await addControl(test);
      const client = test.dynamoDb();
      const items = Array.from({ length: 20 }, (_unused, index) => key('p1', `S${String(index).padStart(2, '0')}`));
      await client.send(
        new BatchWriteItemCommand({ RequestItems: { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) } }),
      );
      const Keys = items.toReversed();
      const batch = await client.send(
        new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
      );
      expect(batch.Responses?.[TableName]).toEqual(Keys);
      const query = new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: 'p1' }, ':prefix': { S: 'S0' } },
      });
      expect((await client.send(query)).Items).toEqual(items.slice(0, 10));
    });
  });

  it('refuses writes and consistent reads of a strong table without a majority of its Regions', async () => {
    await withAws(way, async (test) => {
      await addControl(test);
      await put(test.dynamoDb(B), 'p1', 'run-1');
      test.aws.blackout(A);
      await put(test.dynamoDb(B), 'p1', 'run-2');
      test.aws.blackout('us-east-2');
      expect(await rejection(put(test.dynamoDb(B), 'p1', 'run-3'))).toBeInstanceOf(InternalServerError);
      expect(await rejection(get(test.dynamoDb(B), 'p1'))).toBeInstanceOf(InternalServerError);
      expect(await get(test.dynamoDb(B), 'p1', false)).toMatchObject({ owner: { S: 'run-2' } });
      test.aws.restore(A);
      await put(test.dynamoDb(A), 'p1', 'run-4');
    });
  });

  it('keeps serving the majority when one Region is partitioned from the two others', async () => {
    await withAws(way, async (test) => {
      await addControl(test);
      test.aws.faults.start({ kind: 'partition', regions: [A, B] });
      test.aws.faults.start({ kind: 'partition', regions: [A, 'us-east-2'] });
      expect(await rejection(put(test.dynamoDb(A), 'p1', 'cut off'))).toBeInstanceOf(InternalServerError);
      await put(test.dynamoDb(B), 'p1', 'majority');
    });
  });

  it('knows a table only where it has a replica', async () => {
    await withAws(way, async (test) => {
      await addControl(test);
      expect(await rejection(get(test.dynamoDb('us-west-1'), 'p1'))).toBeInstanceOf(ResourceNotFoundException);
      const other = test.dynamoDb().send(new GetItemCommand({ TableName: 'other', Key: key('p1') }));
      expect(await rejection(other)).toBeInstanceOf(ResourceNotFoundException);
      expect((await test.dynamoDb(B).send(new ListTablesCommand({}))).TableNames).toEqual([TableName]);
      expect((await test.dynamoDb('us-west-1').send(new ListTablesCommand({}))).TableNames).toEqual([]);
    });
  });

  it('refuses transactions and TTL on a strong table', async () => {
    await withAws(way, async (test) => {
      await addControl(test);
      const TransactItems = [{ Put: { TableName, Item: key('p1') } }];
      const transaction = await rejection(test.dynamoDb().send(new TransactWriteItemsCommand({ TransactItems })));
      expect(transaction).toMatchObject({ name: 'ValidationException' });
      const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true };
      const ttl = test.dynamoDb().send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
      expect(await rejection(ttl)).toMatchObject({ name: 'ValidationException' });
      expect(await get(test.dynamoDb(), 'p1')).toBeUndefined();
    });
  });

  it('reports a write conflict between Regions when a fault says so, once', async () => {
    await withAws(way, async (test) => {
      await addControl(test);
      test.aws.faults.start({
        kind: 'error',
        service: 'dynamodb',
        operation: 'PutItem',
        code: 'ReplicatedWriteConflictException',
        count: 1,
      });
      expect(await rejection(put(test.dynamoDb(), 'p1', 'run-1'))).toBeInstanceOf(ReplicatedWriteConflictException);
      await put(test.dynamoDb(), 'p1', 'run-1');
    });
  });

  it('describes a table as its Region sees it, with virtual times and repeatable ids', async () => {
    const describeOnce = async () => {
      let described: object | undefined;
      await withAws(way, async (test) => {
        await addControl(test);
        described = (await test.dynamoDb(B).send(new DescribeTableCommand({ TableName }))).Table;
      });
      return described;
    };
    const described = await describeOnce();
    expect(described).toMatchObject({
      TableArn: `arn:aws:dynamodb:${B}:123456789012:table/control`,
      TableStatus: 'ACTIVE',
      MultiRegionConsistency: 'STRONG',
      Replicas: [{ RegionName: A }, { RegionName: 'us-east-2' }],
    });
    if (way === 'in process') {
      expect(described).toMatchObject({ CreationDateTime: new Date(startMs) });
      expect(await describeOnce()).toEqual(described);
    }
  });
});

describe('setting up tables', () => {
  it('refuses a strong table without three Regions, an unknown Region and a name that is taken', async () => {
    await withAws('in process', async ({ aws }) => {
      const spec = { tableName: 'ledger', partitionKey: 'pk', consistency: 'strong', regions: [A, B] } as const;
      await expect(aws.addTable(spec)).rejects.toThrow('exactly three Regions');
      await expect(aws.addTable({ ...spec, consistency: 'eventual', regions: ['eu-west-1'] })).rejects.toThrow(
        'eu-west-1',
      );
      await aws.addTable({ ...spec, consistency: 'eventual' });
      await expect(aws.addTable({ ...spec, consistency: 'eventual' })).rejects.toThrow('exists');
    });
  });
});
