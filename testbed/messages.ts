import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import rhea from 'rhea';
import { partitionKey } from '../functions/ledger/ledger-key.ts';
import { ledgerTableName } from '../infra/names.ts';
import { readIncomingMessage } from '../simulator/world/broker/amqp-message.ts';
import type { Testbed } from './testbed.ts';

/** Puts messages into a queue of a broker, one for each id, as a producer does. @throws TypeError for an unknown broker */
export const sendMessages = (testbed: Testbed, brokerName: string, queue: string, ids: readonly string[]): void => {
  const { store } = testbed.dataPlanes.broker(testbed.broker(brokerName).brokerId);
  const nowMs = testbed.clock.nowMs();
  for (const id of ids) {
    const message = { message_id: id, body: `body of ${id}`, durable: true, creation_time: new Date(nowMs) };
    store.enqueue(queue, readIncomingMessage(rhea.message.encode(message), nowMs));
  }
};

/** Ids of the messages in a queue of a broker, in order, without the prefix that JMS gives them. */
export const idsIn = (testbed: Testbed, brokerName: string, queue: string): readonly string[] =>
  testbed.dataPlanes.idsIn(testbed.broker(brokerName).brokerId, queue);

/** Longer than every run, as seconds since the Unix epoch. */
const expiresAtSeconds = '4102444800';

/** How long a claim lasts, in milliseconds. */
const leaseMs = 60_000;

/** Enters messages of `orders` in the ledger, as processed (`P`) or claimed (`C`) by a consumer of a Region. */
export const enterLedger = async (
  testbed: Testbed,
  region: string,
  queue: string,
  ids: readonly string[],
  kind: 'P' | 'C' = 'P',
): Promise<void> => {
  const client = testbed.client(DynamoDBClient, region);
  const nowMs = testbed.clock.nowMs();
  for (const id of ids) {
    const Item = {
      pk: { S: partitionKey({ pair: 'orders', destination: queue, id: `ID:${id}` }) },
      sk: { S: `${kind}#${region}` },
      owner: { S: 'a consumer' },
      atMs: { N: String(nowMs) },
      expiresAt: { N: expiresAtSeconds },
      ...(kind === 'P'
        ? { by: { S: 'a consumer' } }
        : { leaseUntilMs: { N: String(nowMs + leaseMs) }, attempt: { N: '1' } }),
    };
    await client.send(new PutItemCommand({ TableName: ledgerTableName, Item }));
  }
};
