import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  paginateScan,
  ReplicatedWriteConflictException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { clientCache, clientSettings } from '../aws/client-settings.ts';
import { dateOfAnswer } from '../aws/date-of-answer.ts';
import { translateError } from '../aws/translate-error.ts';
import { ControlConflict, ServiceUnavailable, UnexpectedAnswer } from '../runtime/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { schemaProblems } from '../runtime/schema-problems.ts';

const clients = clientCache((runtime, region, purpose) => new DynamoDBClient(clientSettings(runtime, region, purpose)));

/** DynamoDB's text, number and list of texts, parsed into plain values. */
export const text = z.pipe(
  z.object({ S: z.string() }),
  z.transform((value) => value.S),
);
export const number = z.pipe(
  z.object({ N: z.string() }),
  z.transform((value) => Number(value.N)),
);
export const texts = z.pipe(
  z.object({ L: z.array(text) }),
  z.transform((value) => value.L),
);

/** An attribute as the table's items hold it. */
export type Attribute = { readonly S: string } | { readonly N: string } | { readonly L: { readonly S: string }[] };

/** Drops members that are undefined, so that optional attributes stay absent. */
export const withoutUndefined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/** Where an item stands: `PAIR#orders` and `LOCK`, for instance. */
export interface ItemKey {
  readonly scope: string;
  readonly item: string;
}

/** An update and its condition. */
export type ItemChange = Omit<UpdateItemCommandInput, 'TableName' | 'Key' | 'ReturnValues'>;

/** What must hold for a write. */
export type ItemCondition = Pick<
  UpdateItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

const keyOf = ({ scope, item }: ItemKey) => ({ pk: { S: scope }, sk: { S: item } });

/**
 * Items of the Control table: a strongly consistent DynamoDB global table that survives the loss of a Region. It
 * allows no transactions and no TTL, and concurrent writes in two Regions may conflict. Reads are consistent.
 */
export class ControlItems {
  readonly #runtime: Runtime;
  readonly #region: string;
  readonly #tableName: string;

  constructor(runtime: Runtime, location: { readonly region: string; readonly tableName: string }) {
    this.#runtime = runtime;
    this.#region = location.region;
    this.#tableName = location.tableName;
  }

  /** @throws UnexpectedAnswer for an item of another shape, ServiceUnavailable, AccessDenied, NotFound */
  async get<S extends z.ZodMiniType>(key: ItemKey, schema: S): Promise<z.output<S> | undefined> {
    const answer = await this.#call('GetItem', key, () =>
      clients(this.#runtime, this.#region, 'repeatable').send(
        new GetItemCommand({ TableName: this.#tableName, Key: keyOf(key), ConsistentRead: true }),
      ),
    );
    return answer.Item === undefined ? undefined : this.parse(key, answer.Item, schema);
  }

  /** The same, with the time that the service's answer carries, if it carries one. @throws as `get` */
  async getWithTime<S extends z.ZodMiniType>(
    key: ItemKey,
    schema: S,
  ): Promise<{ readonly item: z.output<S> | undefined; readonly serviceAtMs: number | undefined }> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key: keyOf(key), ConsistentRead: true });
    const date = dateOfAnswer(command);
    const { Item } = await this.#call('GetItem', key, () =>
      clients(this.#runtime, this.#region, 'repeatable').send(command),
    );
    return { item: Item === undefined ? undefined : this.parse(key, Item, schema), serviceAtMs: date() };
  }

  /** Raw items by their sort key, read in one call; at most 100 keys. @throws as `get` */
  async getAll(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, unknown>> {
    const [first] = keys;
    if (first === undefined) return new Map();
    const answer = await this.#call('BatchGetItem', first, () =>
      clients(this.#runtime, this.#region, 'repeatable').send(
        new BatchGetItemCommand({
          RequestItems: { [this.#tableName]: { Keys: keys.map(keyOf), ConsistentRead: true } },
        }),
      ),
    );
    if (Object.keys(answer.UnprocessedKeys ?? {}).length > 0) {
      throw new ServiceUnavailable(`BatchGetItem of ${first.scope} left items unread`, { table: this.#tableName });
    }
    const items = answer.Responses?.[this.#tableName] ?? [];
    return new Map(items.map((item) => [`${item.pk?.S}/${item.sk?.S}`, item]));
  }

  /** Keys of a scope's items, or of all items; the table holds some ten items for each pair. @throws as `get` */
  async keys(scope?: string): Promise<readonly ItemKey[]> {
    const read = { TableName: this.#tableName, ConsistentRead: true, ProjectionExpression: 'pk, sk' };
    return await this.#call(
      scope === undefined ? 'Scan' : 'Query',
      { scope: scope ?? 'every', item: 'key' },
      async () => {
        const client = clients(this.#runtime, this.#region, 'repeatable');
        const pages =
          scope === undefined
            ? paginateScan({ client }, read)
            : paginateQuery(
                { client },
                {
                  ...read,
                  KeyConditionExpression: 'pk = :scope',
                  ExpressionAttributeValues: { ':scope': { S: scope } },
                },
              );
        const keys: ItemKey[] = [];
        for await (const { Items = [] } of pages) {
          keys.push(...Items.map(({ pk, sk }) => ({ scope: pk?.S ?? '', item: sk?.S ?? '' })));
        }
        return keys;
      },
    );
  }

  /** Reads an item's attributes. @throws UnexpectedAnswer when they are not what this version writes */
  parse<S extends z.ZodMiniType>(key: ItemKey, item: unknown, schema: S): z.output<S> {
    const parsed = schema.safeParse(item);
    if (parsed.success) return parsed.data;
    throw new UnexpectedAnswer(
      `item ${key.item} of ${key.scope} in table ${this.#tableName} was not written by this version; ` +
        'did a newer version write to the table?',
      { ...key, problems: schemaProblems(parsed.error) },
    );
  }

  /** Replaces an item, if the condition holds. @throws ControlConflict when it does not, and as `get` */
  async put(
    key: ItemKey,
    attributes: Readonly<Record<string, Attribute>>,
    condition: ItemCondition = {},
  ): Promise<void> {
    await this.#call('PutItem', key, () =>
      clients(this.#runtime, this.#region, 'once').send(
        new PutItemCommand({ TableName: this.#tableName, Item: { ...keyOf(key), ...attributes }, ...condition }),
      ),
    );
  }

  /** Changes an item, if the condition holds. @throws as `put` */
  async change(key: ItemKey, change: ItemChange): Promise<void> {
    await this.#update(key, change);
  }

  /** Changes an item, if the condition holds, and gives all of it as it is then. @throws as `put` */
  async changeAndRead<S extends z.ZodMiniType>(key: ItemKey, change: ItemChange, schema: S): Promise<z.output<S>> {
    return this.parse(key, (await this.#update(key, { ...change, ReturnValues: 'ALL_NEW' })).Attributes, schema);
  }

  /** Removes an item, if the condition holds; without one nothing changes. @throws as `put` */
  async remove(key: ItemKey, condition: ItemCondition = {}): Promise<void> {
    await this.#call('DeleteItem', key, () =>
      clients(this.#runtime, this.#region, 'repeatable').send(
        new DeleteItemCommand({ TableName: this.#tableName, Key: keyOf(key), ...condition }),
      ),
    );
  }

  #update(key: ItemKey, change: ItemChange & Pick<UpdateItemCommandInput, 'ReturnValues'>) {
    return this.#call('UpdateItem', key, () =>
      clients(this.#runtime, this.#region, 'once').send(
        new UpdateItemCommand({ TableName: this.#tableName, Key: keyOf(key), ...change }),
      ),
    );
  }

  async #call<T>(operation: string, { scope, item }: ItemKey, send: () => Promise<T>): Promise<T> {
    const subject = `${scope}/${item}`;
    try {
      return await send();
    } catch (error) {
      const where = { table: this.#tableName, region: this.#region, operation, subject };
      if (error instanceof ConditionalCheckFailedException) {
        throw new ControlConflict(
          `${operation} of ${subject} found that another run had changed the item; this run stops and undoes nothing`,
          where,
          { cause: error },
        );
      }
      if (error instanceof ReplicatedWriteConflictException) {
        throw new ServiceUnavailable(`${operation} of ${subject} met a concurrent write in another Region`, where, {
          cause: error,
        });
      }
      throw translateError(error, { service: 'dynamodb', operation, region: this.#region, subject });
    }
  }
}
