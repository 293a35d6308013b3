import { canonicalAmqpId } from '../../../functions/ledger/message-id.ts';
import { readMessage } from '../../../functions/reconciliation/amqp/read-message.ts';
import { amqpMessage, connectAmqp, sendAmqp } from '../../../tools/real/activemq/amqp-source.ts';
import type { TestBroker } from '../../../tools/real/activemq/test-broker.ts';
import type { JmsMessage, JmsTool } from './jms-tool.ts';
import { rawMessages } from './raw-queue.ts';

/** A queue that tests filled, and what they know of it. */
export interface FilledQueue {
  readonly queue: string;
  /** Canonical ids in the order of the queue. */
  readonly order: readonly string[];
  /** What an OpenWire client sees of each message, by canonical id. */
  readonly expected: ReadonlyMap<string, JmsMessage>;
  /** The encoded message, by canonical id. */
  readonly raw: ReadonlyMap<string, Buffer>;
}

/** The canonical id of an encoded message. */
export const idOfRaw = (bytes: Buffer): string => canonicalAmqpId(readMessage(bytes).messageId) ?? '';

/** Sends messages of every kind by OpenWire and by AMQP at the same time, so that they are interleaved. */
export const fillQueue = async (
  broker: TestBroker,
  jms: JmsTool,
  queue: string,
  counts: { readonly jms: number; readonly amqp: number; readonly groups?: boolean },
): Promise<FilledQueue> => {
  const messages = Array.from({ length: counts.amqp }, (_, number) => amqpMessage(number));
  const connection = await connectAmqp(broker);
  const { groups = false } = counts;
  const [sent] = await Promise.all([
    jms.produce(queue, { count: counts.jms, first: 0, groups }),
    sendAmqp(connection, queue, messages),
    // How an OpenWire client sees AMQP messages is the broker's business: another queue tells.
    sendAmqp(connection, `${queue}.control`, messages),
  ]);
  connection.close();
  const control = await jms.drain(`${queue}.control`, messages.length);
  const raw = await rawMessages(broker, queue);
  return {
    queue,
    order: raw.map(idOfRaw),
    expected: new Map([...sent, ...control].map((message) => [message.id, message])),
    raw: new Map(raw.map((bytes) => [idOfRaw(bytes), bytes])),
  };
};

/** What a message is, without what may differ: when exactly it expires, and how often it was delivered. */
export const comparable = ({ redeliveries: _redeliveries, expiration, properties, ...message }: JmsMessage) => ({
  ...message,
  properties: properties.replace(/JMSXDeliveryCount=integer:\d+,/, ''),
  expires: expiration > 0,
});

/** How two collections of ids differ, short enough for a failing test's output. */
export const difference = (found: readonly string[], expected: readonly string[]) => {
  const first = (ids: readonly string[]) => ({ count: ids.length, first: ids.slice(0, 3) });
  const foundSet = new Set(found);
  const expectedSet = new Set(expected);
  return {
    missing: first(expected.filter((id) => !foundSet.has(id))),
    surplus: first(found.filter((id) => !expectedSet.has(id))),
    twice: first(found.filter((id, index) => found.indexOf(id) !== index && foundSet.size !== found.length)),
  };
};

const none = { count: 0, first: [] };

/** Collections with the same ids, each once. */
export const noDifference = { missing: none, surplus: none, twice: none };
