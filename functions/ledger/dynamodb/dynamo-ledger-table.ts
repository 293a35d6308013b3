import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { withoutCallRecords } from '../../aws/without-call-records.ts';
import type { Clock } from '../../runtime/clock.ts';
import { mapWithConcurrency } from '../../runtime/map-with-concurrency.ts';
import {
  type ClaimIdentity,
  type ClaimItem,
  type ClaimRequest,
  itemName,
  type LateRecord,
  type LedgerItem,
  type LedgerItemKey,
  type LedgerTable,
  type ProcessedItem,
  type ProcessedWrite,
} from '../ledger-table.ts';
import { claimOf, lateAttribute, ledgerItemOf, processedAttributes } from './ledger-table-items.ts';
import { type RetrySettings, TableCalls } from './ledger-table-retry.ts';

/** Keys of one BatchGetItem; https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const keysPerRead = 100;
/** Items of one BatchWriteItem; https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const itemsPerWrite = 25;
/** Batches on their way at once: enough to hide the round trip, few enough to leave sockets (the SDK opens 50) to claims. */
const batchesAtOnce = 8;

/** An item is written in some milliseconds, and a connection within a Region is made in less: together `callTimeMs`. */
const clientTimeouts = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true } as const;

/** What the table is reached with. */
export interface LedgerTableOptions extends RetrySettings {
  readonly tableName: string;
  /** Makes the SDK's client of a Region; its own retries should be off (`maxAttempts: 1`), the table repeats calls itself. */
  readonly client?: ((region: string) => DynamoDBClient) | undefined;
}

/** A client for the ledger's table. */
export const ledgerClient = (config: DynamoDBClientConfig): DynamoDBClient =>
  withoutCallRecords(new DynamoDBClient(config));

const defaultClient = (region: string): DynamoDBClient =>
  ledgerClient({ region, maxAttempts: 1, requestHandler: clientTimeouts });

const chunksOf = <T>(all: readonly T[], size: number): readonly T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

const keyAttributes = ({ pk, sk }: LedgerItemKey) => ({ pk: { S: pk }, sk: { S: sk } });
const number = (value: number) => ({ N: String(value) });

type Key = ReturnType<typeof keyAttributes>;
type Update = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

const claimNames = { '#owner': 'owner', '#at': 'atMs', '#until': 'leaseUntilMs', '#ended': 'endedAtMs' };
const claimValues = ({ owner, atMs, leaseUntilMs, expiresAtSeconds }: ClaimRequest) => ({
  ':owner': { S: owner },
  ':at': number(atMs),
  ':until': number(leaseUntilMs),
  ':expires': number(expiresAtSeconds),
});

const conditionFailed = (error: unknown): boolean => error instanceof ConditionalCheckFailedException;

/** The ledger's DynamoDB table as one Region's replica shows it. */
export class DynamoLedgerTable implements LedgerTable {
  readonly region: string;
  readonly #clock: Clock;
  readonly #tableName: string;
  readonly #client: DynamoDBClient;
  readonly #calls: TableCalls;

  constructor(options: LedgerTableOptions) {
    this.region = options.region;
    this.#clock = options.clock;
    this.#tableName = options.tableName;
    this.#client = (options.client ?? defaultClient)(options.region);
    this.#calls = new TableCalls(options);
  }

  async read(keys: readonly LedgerItemKey[]): Promise<ReadonlyMap<string, LedgerItem>> {
    const items = new Map<string, LedgerItem>();
    await mapWithConcurrency(this.#clock, chunksOf(keys.map(keyAttributes), keysPerRead), batchesAtOnce, (chunk) =>
      this.#calls.sendAll('BatchGetItem', `${chunk.length} keys of ${this.#tableName}`, chunk, async (left) => {
        const { Responses, UnprocessedKeys } = await this.#client.send(
          new BatchGetItemCommand({ RequestItems: { [this.#tableName]: { Keys: [...left], ConsistentRead: true } } }),
        );
        for (const item of Responses?.[this.#tableName] ?? []) {
          items.set(itemName({ pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' }), ledgerItemOf(item));
        }
        return (UnprocessedKeys?.[this.#tableName]?.Keys ?? []) as Key[];
      }),
    );
    return items;
  }

  takeFree(key: LedgerItemKey, claim: ClaimRequest): Promise<ClaimItem | undefined> {
    return this.#update(key, {
      UpdateExpression:
        'SET #owner = :owner, #at = :at, #until = :until, expiresAt = :expires, ' +
        'attempt = if_not_exists(attempt, :zero) + :one REMOVE #ended',
      ConditionExpression: 'attribute_not_exists(#owner) OR attribute_exists(#ended)',
      ExpressionAttributeNames: claimNames,
      ExpressionAttributeValues: { ...claimValues(claim), ':zero': number(0), ':one': number(1) },
    });
  }

  takeOver(key: LedgerItemKey, claim: ClaimRequest, expiredBeforeMs: number): Promise<ClaimItem | undefined> {
    return this.#update(key, {
      UpdateExpression:
        'SET lostOwner = #owner, lostAtMs = #at, lostLeaseUntilMs = #until, takenOverAtMs = :at, #owner = :owner, #at = :at, #until = :until, ' +
        'expiresAt = :expires, attempt = attempt + :one, takenOver = if_not_exists(takenOver, :zero) + :one',
      ConditionExpression: 'attribute_not_exists(#ended) AND #until < :before',
      ExpressionAttributeNames: claimNames,
      ExpressionAttributeValues: {
        ...claimValues(claim),
        ':zero': number(0),
        ':one': number(1),
        ':before': number(expiredBeforeMs),
      },
    });
  }

  async refuse(key: LedgerItemKey, expiresAtSeconds: number): Promise<ClaimItem> {
    const claim = await this.#update(key, {
      UpdateExpression: 'SET expiresAt = if_not_exists(expiresAt, :expires) ADD refusals :one',
      ExpressionAttributeValues: { ':expires': number(expiresAtSeconds), ':one': number(1) },
    });
    // Without a condition the update cannot fail one.
    return claim ?? claimOf({});
  }

  async extend(key: LedgerItemKey, claim: ClaimRequest): Promise<boolean> {
    const extended = await this.#update(key, {
      UpdateExpression: 'SET #until = :until, expiresAt = :expires',
      ConditionExpression: '#owner = :owner AND #at = :at AND attribute_not_exists(#ended)',
      ExpressionAttributeNames: claimNames,
      ExpressionAttributeValues: claimValues(claim),
    });
    return extended !== undefined;
  }

  async end(key: LedgerItemKey, { owner, atMs }: ClaimIdentity, endedAtMs: number): Promise<boolean> {
    const ended = await this.#update(key, {
      UpdateExpression: 'SET endedAtMs = :ended',
      ConditionExpression: '#owner = :owner AND #at = :at',
      ExpressionAttributeNames: { '#owner': 'owner', '#at': 'atMs' },
      ExpressionAttributeValues: { ':owner': { S: owner }, ':at': number(atMs), ':ended': number(endedAtMs) },
    });
    return ended !== undefined;
  }

  async recordLate(key: LedgerItemKey, late: LateRecord, expiresAtSeconds: number): Promise<void> {
    await this.#update(key, {
      UpdateExpression:
        'SET late = list_append(if_not_exists(late, :none), :late), expiresAt = :expires ADD lateOwners :owners',
      ConditionExpression: 'NOT contains(lateOwners, :owner)',
      ExpressionAttributeValues: {
        ':none': { L: [] },
        ':late': { L: [lateAttribute(late)] },
        ':owners': { SS: [late.owner] },
        ':owner': { S: late.owner },
        ':expires': number(expiresAtSeconds),
      },
    });
  }

  async putProcessed(writes: readonly ProcessedWrite[], untilMs: number): Promise<void> {
    const requests = writes.map((write): WriteRequest => ({ PutRequest: { Item: processedAttributes(write) } }));
    await mapWithConcurrency(this.#clock, chunksOf(requests, itemsPerWrite), batchesAtOnce, (chunk) =>
      this.#calls.sendAll(
        'BatchWriteItem',
        `${chunk.length} items of ${this.#tableName}`,
        chunk,
        async (left) => {
          const { UnprocessedItems } = await this.#client.send(
            new BatchWriteItemCommand({ RequestItems: { [this.#tableName]: [...left] } }),
          );
          return UnprocessedItems?.[this.#tableName] ?? [];
        },
        untilMs,
      ),
    );
  }

  async putProcessedOnce(write: ProcessedWrite): Promise<ProcessedItem | undefined> {
    const written = await this.#unlessConditionFails('PutItem', write.key, () =>
      this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: processedAttributes(write),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
    if (written !== undefined) return undefined;
    const existing = (await this.read([write.key])).get(itemName(write.key));
    return existing?.kind === 'processed' ? existing : undefined;
  }

  /** The claim as it is after the update; undefined when the condition failed. */
  async #update(key: LedgerItemKey, update: Update): Promise<ClaimItem | undefined> {
    const answer = await this.#unlessConditionFails('UpdateItem', key, () =>
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: keyAttributes(key),
          ReturnValues: 'ALL_NEW',
          ...update,
        }),
      ),
    );
    return answer && claimOf(answer.Attributes ?? {});
  }

  async #unlessConditionFails<T>(
    operation: string,
    key: LedgerItemKey,
    send: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await this.#calls.send(operation, itemName(key), send, { isExpected: conditionFailed });
    } catch (error) {
      if (conditionFailed(error)) return undefined;
      throw error;
    }
  }
}
