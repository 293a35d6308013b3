import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { DynamoLedgerTable, ledgerClient } from '../../../../functions/ledger/dynamodb/dynamo-ledger-table.ts';
import { createLedger } from '../../../../functions/ledger/index.ts';
import type { LedgerItemKey } from '../../../../functions/ledger/ledger-table.ts';
import { ServiceUnavailable } from '../../../../functions/runtime/errors.ts';
import { ledgerTableName } from '../../../../infra/names.ts';
import { east, west } from '../../../../testbed/orders.ts';
import { noonMs } from '../../../support/brokers.ts';
import { FakeLedgerTables } from '../../../support/fake-ledger-tables.ts';
import { FakeClock } from '../../../support/fake-ports.ts';
import { describeLedgerTable } from '../../../support/ledger-table-contract.ts';
import { ledgerKeys, SimulatedTables } from '../../../support/simulated-tables.ts';

const claimOfA: LedgerItemKey = { pk: 'orders|orders|ID:a', sk: `C#${west}` };
const recordOfA: LedgerItemKey = { pk: 'orders|orders|ID:a', sk: `P#${west}` };
const request = (owner: string, atMs = noonMs) => ({ owner, atMs, leaseUntilMs: atMs + 60_000, expiresAtSeconds: 7 });
const never = Number.POSITIVE_INFINITY;

describeLedgerTable('DynamoDB', (body) => SimulatedTables.play((tables) => body(tables.ledgerTable(west))));
describeLedgerTable('the fake of the tests', (body) =>
  SimulatedTables.play((tables) => body(new FakeLedgerTables({ clock: tables.clock }, [west, east]).in(west))),
);

describe('the ledger’s table', () => {
  it('is reached by a client that makes no records of its calls for a logger', () => {
    const middlewareOf = ({ middlewareStack }: DynamoDBClient): string => middlewareStack.identify().join('\n');
    expect(middlewareOf(new DynamoDBClient({ region: west }))).toContain('loggerMiddleware');
    expect(middlewareOf(ledgerClient({ region: west }))).not.toContain('loggerMiddleware');
  });

  it('gives every item the attribute for TTL', async () => {
    await SimulatedTables.play(async (tables) => {
      const ledger = tables.ledger(west, 'one', { retentionSeconds: 3_600 });
      await ledger.claimAll(ledgerKeys('a', 'b'));
      await ledger.confirmAll(ledgerKeys('a'));
      await tables.ledger(west, 'two').claimAll(ledgerKeys('b'));
      const { Responses } = await tables.client(west).send(
        new BatchGetItemCommand({
          RequestItems: {
            [ledgerTableName]: {
              Keys: [recordOfA, claimOfA, { ...claimOfA, pk: 'orders|orders|ID:b' }].map(({ pk, sk }) => ({
                pk: { S: pk },
                sk: { S: sk },
              })),
            },
          },
        }),
      );
      const expiries = Responses?.[ledgerTableName]?.map(({ expiresAt }) => expiresAt?.N);
      expect(expiries).toEqual(Array(3).fill(String(noonMs / 1_000 + 3_600)));
    });
  });

  it('goes on with what a throttled table left undone', async () => {
    await SimulatedTables.play(async (tables) => {
      tables.aws.faults.start({ kind: 'unprocessed-items', processed: 10, count: 3 });
      const ledger = tables.ledger(west, 'one');
      const keys = ledgerKeys(...Array.from({ length: 60 }, (_, index) => String(index)));
      expect((await ledger.claimAll(keys)).every(({ status }) => status === 'claimed')).toBe(true);
      tables.aws.faults.start({ kind: 'unprocessed-items', processed: 10, count: 3 });
      expect((await ledger.confirmAll(keys)).every(({ status }) => status === 'confirmed')).toBe(true);
      expect((await ledger.lookup(keys)).every(({ processed }) => processed.length === 1)).toBe(true);
    });
  });
});

/** A table whose client is mocked, and the waits between its calls. */
const mocked = (attempts?: number) => {
  const clock = new FakeClock();
  const client = mockClient(DynamoDBClient);
  const table = new DynamoLedgerTable({
    region: west,
    tableName: 'ledger',
    clock,
    random: () => 0.5,
    client: () => client as unknown as DynamoDBClient,
    attempts,
  });
  return { clock, client, table };
};

const throttled = Object.assign(new Error('slow down'), {
  name: 'ProvisionedThroughputExceededException',
  $metadata: { httpStatusCode: 400 },
});
const conditionFailed = new ConditionalCheckFailedException({ message: 'no', $metadata: { httpStatusCode: 400 } });

describe('calls to the ledger’s table', () => {
  it('are repeated with full jitter when the table throttles, and stop after the seventh', async () => {
    const { client, clock, table } = mocked();
    client.on(UpdateItemCommand).rejects(throttled);
    await expect(table.refuse(claimOfA, 7)).rejects.toBeInstanceOf(ServiceUnavailable);
    expect(client.commandCalls(UpdateItemCommand)).toHaveLength(7);
    expect(clock.sleeps).toEqual([25, 50, 100, 200, 400, 800]);
  });

  it('are sent once when they are denied, or their condition fails', async () => {
    const { client, clock, table } = mocked();
    const denied = Object.assign(new Error('no'), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
    client.on(UpdateItemCommand).rejectsOnce(denied).rejects(conditionFailed);
    await expect(table.refuse(claimOfA, 7)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(await table.extend(claimOfA, request('one'))).toBe(false);
    expect(client.commandCalls(UpdateItemCommand)).toHaveLength(2);
    expect(clock.sleeps).toEqual([]);
  });

  it('go on as long as they get something done, and give up when they do not', async () => {
    const { client, clock, table } = mocked(3);
    const left = ({ RequestItems = {} }: { RequestItems?: Record<string, unknown[]> }, from: number) =>
      (RequestItems.ledger ?? []).slice(from);
    client.on(BatchWriteItemCommand).callsFake((input) => {
      const undone = left(input, 1);
      return undone.length === 0 ? {} : { UnprocessedItems: { ledger: undone } };
    });
    const writes = Array.from({ length: 25 }, (_, index) => ({
      key: { pk: String(index), sk: 'P#x' },
      item: { atMs: 1, by: 'b', owner: 'o' },
      expiresAtSeconds: 7,
    }));
    await table.putProcessed(writes, never);
    expect(client.commandCalls(BatchWriteItemCommand)).toHaveLength(25);
    expect(clock.sleeps).toEqual(Array(24).fill(25));
    client.reset();
    client.on(BatchWriteItemCommand).callsFake((input) => ({ UnprocessedItems: { ledger: left(input, 0) } }));
    await expect(table.putProcessed(writes, never)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('left 25 items undone'),
    });
    expect(client.commandCalls(BatchWriteItemCommand)).toHaveLength(3);
  });

  it('of a batched confirmation are not begun when they might end after the lease', async () => {
    const { client, clock, table } = mocked();
    client.on(BatchWriteItemCommand).callsFake(() => {
      clock.advanceMs(1_000);
      throw throttled;
    });
    const write = { key: recordOfA, item: { atMs: 1, by: 'b', owner: 'o' }, expiresAtSeconds: 7 };
    await expect(table.putProcessed([write], noonMs + 5_000)).rejects.toBeInstanceOf(ServiceUnavailable);
    // At 0 s and 1 s; at 2 s a call of 3 s could last too long.
    expect(client.commandCalls(BatchWriteItemCommand)).toHaveLength(2);
    await expect(table.putProcessed([write], noonMs)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(client.commandCalls(BatchWriteItemCommand)).toHaveLength(2);
  });

  it('of a batch of a hundred messages are two reads, its claims, and four writes', async () => {
    const { clock, client } = mocked();
    let underWay = 0;
    let mostUnderWay = 0;
    client.on(BatchGetItemCommand).resolves({});
    client.on(BatchWriteItemCommand).resolves({});
    client.on(UpdateItemCommand).callsFake(async (input) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      const values = input.ExpressionAttributeValues;
      return {
        Attributes: { ...input.Key, owner: values[':owner'], atMs: values[':at'], leaseUntilMs: values[':until'] },
      };
    });
    const parallel = {
      nowMs: () => clock.nowMs(),
      sleepMs: (milliseconds: number) => clock.sleepMs(milliseconds),
      concurrently: async <T extends readonly unknown[]>(tasks: { readonly [K in keyof T]: () => Promise<T[K]> }) =>
        (await Promise.all(tasks.map((task) => task()))) as unknown as T,
    };
    const ledger = createLedger({
      pair: 'orders',
      region: west,
      otherRegion: east,
      table: 'ledger',
      consumer: 'billing',
      clock: parallel,
      client: () => client as unknown as DynamoDBClient,
    });
    const keys = ledgerKeys(...Array.from({ length: 100 }, (_, index) => String(index)));
    const claimed = await ledger.claimAll(keys);
    expect(claimed.every(({ status }) => status === 'claimed')).toBe(true);
    await ledger.confirmAll(keys);
    expect({
      reads: client.commandCalls(BatchGetItemCommand).length,
      claims: client.commandCalls(UpdateItemCommand).length,
      writes: client.commandCalls(BatchWriteItemCommand).length,
      others: client.commandCalls(PutItemCommand).length,
    }).toEqual({ reads: 2, claims: 100, writes: 4, others: 0 });
    expect(mostUnderWay).toBe(20);
    for (const call of client.commandCalls(BatchGetItemCommand)) {
      expect(call.args[0].input.RequestItems?.ledger).toMatchObject({ ConsistentRead: true });
      expect(call.args[0].input.RequestItems?.ledger?.Keys).toHaveLength(100);
    }
  });

  it('that find an item of another make say so', async () => {
    for (const item of [{ atMs: { N: '1' } }, { atMs: { N: '1' }, by: { S: 'b' } }]) {
      const { client, table } = mocked();
      client.on(BatchGetItemCommand).resolves({
        Responses: { ledger: [{ pk: { S: recordOfA.pk }, sk: { S: recordOfA.sk }, ...item }] },
      });
      await expect(table.read([recordOfA])).rejects.toMatchObject({ name: 'UnexpectedAnswer' });
    }
  });
});
