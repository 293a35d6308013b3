import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { partitionKey } from '../../functions/ledger/ledger-key.ts';
import { AmqpTestClient, type MessageToSend } from './amqp-client.ts';
import { WorkflowStage } from './workflow-stage.ts';

export const east = 'us-east-1';
export const west = 'us-west-2';

/** A paired stage whose pair `orders` has a ledger, and the means to fill queues and the ledger. */
export class ReconcileStage {
  readonly stage: WorkflowStage;

  private constructor(stage: WorkflowStage) {
    this.stage = stage;
  }

  static async create(
    reconciliation: Readonly<Record<string, unknown>> = {},
    options: Parameters<typeof WorkflowStage.create>[0] = {},
  ): Promise<ReconcileStage> {
    const stage = await WorkflowStage.create({ paired: true, ...options });
    const { operator } = stage.secrets;
    stage.configure({
      ...options.pair,
      reconciliation: {
        secretArns: [operator, operator.replace(east, west)],
        ledgerStart: '2026-01-01T00:00:00Z',
        automaticRepair: true,
        ...reconciliation,
      },
    });
    return new ReconcileStage(stage);
  }

  /** Sends messages to a queue of the broker as an application; `created` now unless they say otherwise. */
  async send(brokerName: string, queue: string, messages: readonly MessageToSend[]): Promise<void> {
    const client = await this.#client(brokerName);
    const createdAt = new Date(this.stage.stage.clock.nowMs());
    await client.send(
      queue,
      messages.map((message) => ({ creation_time: createdAt, ...message })),
    );
    await client.close();
  }

  /** Sends one message for each id. */
  async sendIds(brokerName: string, queue: string, ids: readonly string[]): Promise<void> {
    await this.send(
      brokerName,
      queue,
      ids.map((id) => ({ message_id: id, body: `body of ${id}` })),
    );
  }

  /** Ids of the messages in a queue, in order, without JMS's prefix. */
  idsIn(brokerName: string, queue: string): readonly string[] {
    const { brokerId } = this.stage.broker(brokerName);
    return this.stage.stage.dataPlanes
      .broker(brokerId)
      .messages(queue)
      .map(({ id }) => id.replace(/^ID:/, ''));
  }

  /** Enters messages in the ledger as a consumer of the Region would have. */
  async enter(region: string, queue: string, ids: readonly string[], kind: 'P' | 'C' = 'P'): Promise<void> {
    const client = new DynamoDBClient({ ...this.stage.stage.aws.clientSettings(), region, maxAttempts: 1 });
    const nowMs = this.stage.stage.clock.nowMs();
    for (const id of ids) {
      const pk = partitionKey({ pair: 'orders', destination: queue, id: `ID:${id}` });
      const own =
        kind === 'P'
          ? { owner: { S: 'test-run' }, atMs: { N: String(nowMs) }, by: { S: 'test' } }
          : {
              owner: { S: 'test' },
              atMs: { N: String(nowMs) },
              leaseUntilMs: { N: String(nowMs + 60_000) },
              attempt: { N: '1' },
            };
      await client.send(
        new PutItemCommand({
          TableName: 'mq-dr-processed-messages',
          Item: { pk: { S: pk }, sk: { S: `${kind}#${region}` }, expiresAt: { N: '4102444800' }, ...own },
        }),
      );
    }
  }

  /** A document of the report bucket of a Region. */
  async document(region: string, key: string): Promise<string> {
    const client = new S3Client({ ...this.stage.stage.aws.clientSettings(), region, maxAttempts: 1 });
    const Bucket = `mq-dr-reports-${this.stage.stage.aws.accountId}-${region}`;
    const answer = await client.send(new GetObjectCommand({ Bucket, Key: key }));
    return (await answer.Body?.transformToString()) ?? '';
  }

  async #client(brokerName: string): Promise<AmqpTestClient> {
    return await AmqpTestClient.connect(this.stage.broker(brokerName).dataPlane, {
      username: 'application',
      password: 'embedded-App-4242',
    });
  }
}
