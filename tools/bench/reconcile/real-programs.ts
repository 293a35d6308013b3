import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea, { type Message } from 'rhea';
import { connectAmqp, sendAmqp } from '../../real/activemq/amqp-source.ts';
import { RealBroker } from '../../real/activemq/real-broker.ts';
import { DynamoDbLocal } from '../../real/dynamodb/dynamodb-local.ts';
import { createLedgerTables } from '../../real/dynamodb/ledger-tables.ts';
import { idOf, numbersTo, scene } from './backlog.ts';
import { fillLedger } from './fill-ledger.ts';
import type { Access } from './reconciling.ts';

/** What a message's data takes. */
const bodyBytes = 1_024;

/** The first messages of the queue. */
const messagesTo = (end: number, createdAtMs: number): readonly Message[] => {
  const body = rhea.message.data_section(Buffer.alloc(bodyBytes, 'x'));
  // rhea takes milliseconds since the Unix epoch.
  const common = { durable: true, creation_time: createdAtMs as unknown as Date, body };
  return numbersTo(end).map((number) => ({ ...common, message_id: idOf(number) }));
};

/** The real broker and the ledger's table that the bench works with, and a folder for manifests. */
export class RealPrograms implements AsyncDisposable {
  readonly #broker: RealBroker;
  readonly #dynamoDb: DynamoDbLocal;
  readonly access: Access;

  private constructor(broker: RealBroker, dynamoDb: DynamoDbLocal, folder: string) {
    this.#broker = broker;
    this.#dynamoDb = dynamoDb;
    const { amqpUrl, credentials } = broker;
    this.access = { broker: { amqpUrl, credentials }, ledger: dynamoDb.access, folder, createdAtMs: Date.now() };
  }

  /** Starts both programs and fills the ledger. @throws Error saying how to install them */
  static async open(messages: number): Promise<RealPrograms> {
    const folder = await mkdtemp(join(tmpdir(), 'mq-dr-bench-'));
    const broker = await RealBroker.start();
    const dynamoDb = await DynamoDbLocal.start().catch(async (error: unknown) => {
      await broker.stop();
      throw error;
    });
    const programs = new RealPrograms(broker, dynamoDb, folder);
    try {
      await createLedgerTables(dynamoDb.access, scene.table, [scene.region, scene.otherRegion]);
      await fillLedger(dynamoDb.access, messages);
    } catch (error) {
      await programs[Symbol.asyncDispose]();
      throw error;
    }
    return programs;
  }

  /** Puts so many messages into the queue. */
  async fillQueue(messages: number): Promise<void> {
    const connection = await connectAmqp(this.access.broker);
    await sendAmqp(connection, scene.queue, messagesTo(messages, this.access.createdAtMs));
    connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#broker.stop();
    await this.#dynamoDb.stop();
    await rm(this.access.folder, { recursive: true, force: true });
  }
}
