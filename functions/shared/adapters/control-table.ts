import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ReplicatedWriteConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Approval } from '../approval.ts';
import { ControlConflict, ServiceUnavailable, UnexpectedAnswer } from '../errors.ts';
import type { Intent, IntentEnd, IntentOperation } from '../intent.ts';
import type { Runtime } from '../runtime.ts';
import { clientCache, clientSettings } from './client-settings.ts';
import { translateError } from './translate-error.ts';

const clients = clientCache((runtime, region, purpose) => new DynamoDBClient(clientSettings(runtime, region, purpose)));

const text = z.object({ S: z.string() }).transform((value) => value.S);
const number = z.object({ N: z.string() }).transform((value) => Number(value.N));
const texts = z.object({ L: z.array(text) }).transform((value) => value.L);

const intentSchema = z.object({
  sequence: number,
  decision: text,
  subject: text,
  status: text.pipe(z.enum(['issuing', 'issued', 'settled'])),
  settledAs: text.pipe(z.enum(['effective', 'rejected', 'not-effective'])).optional(),
  executionArn: text,
  openedAtMs: number,
});

const approvalSchema = z.object({
  question: text,
  status: text.pipe(z.enum(['open', 'approved', 'denied'])),
  expiresAtMs: number,
  executionArn: text,
  decidedBy: text.optional(),
});

const membersSchema = z.object({ brokers: texts });

const withoutUndefined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/**
 * The Control table: a strongly consistent DynamoDB global table that survives the loss of a Region. Every write is
 * conditional. The table allows no transactions and no TTL, and concurrent writes in two Regions may conflict.
 */
export class ControlTable {
  readonly #runtime: Runtime;
  readonly #region: string;
  readonly #tableName: string;

  constructor(runtime: Runtime, location: { readonly region: string; readonly tableName: string }) {
    this.#runtime = runtime;
    this.#region = location.region;
    this.#tableName = location.tableName;
  }

  /** The ARNs of a pair's two brokers as create-replica recorded them. */
  async readMembers(pair: string): Promise<readonly string[] | undefined> {
    return (await this.#get(pair, 'MEMBERS', membersSchema))?.brokers;
  }

  /** Records which two brokers form a pair; recording the same again changes nothing. */
  async recordMembers(pair: string, brokerArns: readonly [string, string]): Promise<void> {
    await this.#put(pair, 'MEMBERS', { brokers: { L: brokerArns.map((arn) => ({ S: arn })) } });
  }

  /** The newest intent of a pair for an operation. */
  async readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined> {
    const item = await this.#get(pair, `INTENT#${operation}`, intentSchema);
    return item && { pair, operation, ...withoutUndefined(item) };
  }

  /**
   * Opens an intent, which must follow on the newest one and find it settled.
   *
   * @throws ControlConflict when another run has opened one meanwhile
   */
  async openIntent(intent: Intent): Promise<void> {
    const follows = intent.sequence === 1 ? 'attribute_not_exists(pk)' : '#status = :settled AND #sequence = :previous';
    await this.#put(
      intent.pair,
      `INTENT#${intent.operation}`,
      {
        sequence: { N: String(intent.sequence) },
        decision: { S: intent.decision },
        subject: { S: intent.subject },
        status: { S: intent.status },
        executionArn: { S: intent.executionArn },
        openedAtMs: { N: String(intent.openedAtMs) },
      },
      intent.sequence === 1
        ? { ConditionExpression: follows }
        : {
            ConditionExpression: follows,
            ExpressionAttributeNames: { '#status': 'status', '#sequence': 'sequence' },
            ExpressionAttributeValues: {
              ':settled': { S: 'settled' },
              ':previous': { N: String(intent.sequence - 1) },
            },
          },
    );
  }

  /** Notes that the service confirmed the write of an open intent. @throws ControlConflict */
  markIssued(intent: Intent): Promise<void> {
    return this.#moveIntent(intent, 'issued', undefined);
  }

  /** Closes an intent; closing it again in the same way changes nothing. @throws ControlConflict */
  settleIntent(intent: Intent, settledAs: IntentEnd): Promise<void> {
    return this.#moveIntent(intent, 'settled', settledAs);
  }

  async readApproval(pair: string, approvalId: string): Promise<Approval | undefined> {
    const item = await this.#get(pair, `APPROVAL#${approvalId}`, approvalSchema);
    return item && { pair, approvalId, ...withoutUndefined(item) };
  }

  /** Opens an approval. @throws ControlConflict when the id is taken */
  async openApproval(approval: Approval): Promise<void> {
    await this.#put(
      approval.pair,
      `APPROVAL#${approval.approvalId}`,
      {
        question: { S: approval.question },
        status: { S: approval.status },
        expiresAtMs: { N: String(approval.expiresAtMs) },
        executionArn: { S: approval.executionArn },
      },
      { ConditionExpression: 'attribute_not_exists(pk)' },
    );
  }

  #key(pair: string, sortKey: string) {
    return { pk: { S: `PAIR#${pair}` }, sk: { S: sortKey } };
  }

  async #get<S extends z.ZodType>(pair: string, sortKey: string, schema: S): Promise<z.output<S> | undefined> {
    const answer = await this.#call('GetItem', `${pair}/${sortKey}`, () =>
      clients(this.#runtime, this.#region, 'repeatable').send(
        new GetItemCommand({ TableName: this.#tableName, Key: this.#key(pair, sortKey), ConsistentRead: true }),
      ),
    );
    if (answer.Item === undefined) return undefined;
    const parsed = schema.safeParse(answer.Item);
    if (parsed.success) return parsed.data;
    throw new UnexpectedAnswer(
      `item ${sortKey} of pair ${pair} in table ${this.#tableName} is not what this version writes; ` +
        'was the table written by a newer version?',
      { pair, sortKey, problems: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) },
    );
  }

  async #put(
    pair: string,
    sortKey: string,
    attributes: Readonly<Record<string, { S: string } | { N: string } | { L: { S: string }[] }>>,
    condition: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.#call('PutItem', `${pair}/${sortKey}`, () =>
      clients(this.#runtime, this.#region, 'once').send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: { ...this.#key(pair, sortKey), ...attributes },
          ...condition,
        }),
      ),
    );
  }

  async #moveIntent(intent: Intent, status: Intent['status'], settledAs: IntentEnd | undefined): Promise<void> {
    await this.#call('UpdateItem', `${intent.pair}/INTENT#${intent.operation}`, () =>
      clients(this.#runtime, this.#region, 'once').send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: this.#key(intent.pair, `INTENT#${intent.operation}`),
          UpdateExpression: `SET #status = :status${settledAs === undefined ? '' : ', settledAs = :settledAs'}`,
          // A settled intent stays as it is: what was observed once is not overruled by a late writer.
          ConditionExpression: '#sequence = :sequence AND (#status <> :settled OR settledAs = :settledAs)',
          ExpressionAttributeNames: { '#status': 'status', '#sequence': 'sequence' },
          ExpressionAttributeValues: {
            ':status': { S: status },
            ':sequence': { N: String(intent.sequence) },
            ':settled': { S: 'settled' },
            ':settledAs': { S: settledAs ?? 'open' },
          },
        }),
      ),
    );
  }

  async #call<T>(operation: string, subject: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const where = { table: this.#tableName, region: this.#region, operation, subject };
      if (error instanceof ConditionalCheckFailedException) {
        throw new ControlConflict(
          `${operation} of ${subject} found the item changed by another run; this run stops and undoes nothing`,
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
