import type { Message } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageIdentity } from '../../../functions/ledger/identify-message.ts';
import { findIdentity } from '../../../functions/ledger/identify-message.ts';
import { fromAmqp, fromJms, fromStomp, type LedgerMessage } from '../../../functions/ledger/ledger-message.ts';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import type { HeldMessage } from '../../../functions/reconciliation/queue-scan/port.ts';
import { connectAmqp, sendAmqp } from '../../../tools/real/activemq/amqp-source.ts';
import { countsOn, scanOn } from '../../../tools/real/activemq/broker-access.ts';
import { RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { sendStomp } from '../openwire/stomp-source.ts';
import { ClientsTool, type ShownMessage } from './clients-tool.ts';
import { readStomp } from './read-stomp.ts';
import { withoutActiveMq } from './without-activemq.ts';

/** Composite queues that put a copy of each message into a queue for each reader. */
const readers = ['rhea', 'stomp', 'openwire', 'qpid', 'walk'] as const;
type Reader = (typeof readers)[number];

const senders = ['openwire', 'qpid', 'rhea', 'stomp', 'mqtt'] as const;

const fanOut = `<destinationInterceptors><virtualDestinationInterceptor><virtualDestinations>${senders
  .map(
    (sender) =>
      `<compositeQueue name="from.${sender}" forwardOnly="true"><forwardTo>${readers
        .map((reader) => `<queue physicalName="from.${sender}.${reader}"/>`)
        .join('')}</forwardTo></compositeQueue>`,
  )
  .join('')}
  <compositeTopic name="from.mqtt.topic" forwardOnly="true"><forwardTo>${readers
    .map((reader) => `<queue physicalName="from.mqtt.${reader}"/>`)
    .join('')}</forwardTo></compositeTopic>
</virtualDestinations></virtualDestinationInterceptor></destinationInterceptors>`;

const identities: readonly MessageIdentity[] = [
  { from: 'message-id' },
  { from: 'correlation-id' },
  ...['text', 'int', 'short', 'byte', 'long', 'boolean', 'double', 'wholeDouble', 'largeDouble', 'float'].map(
    (property): MessageIdentity => ({ from: 'property', property }),
  ),
  { from: 'body-hash' },
];

/**
 * Identities for which some client sees something of its own: such a message has none there, and never another. rhea rounds
 * longs, and shows a double of 7 as it shows an integer.
 */
const mayBeNone = (identity: MessageIdentity): boolean =>
  identity.from === 'body-hash' || (identity.from === 'property' && /^(long|wholeDouble)$/.test(identity.property));

const nameOf = (identity: MessageIdentity): string =>
  identity.from === 'property' ? identity.property : identity.from;

/** Values of their Java types as a Node client of JMS would have them. */
const typedValue = (shown: string | null): unknown => {
  const [, type = '', text = ''] = /^(\w+):(.*)$/s.exec(shown ?? '') ?? [];
  if (type === 'String') return text;
  if (type === 'Boolean') return text === 'true';
  return type === 'Long' ? BigInt(text) : Number(text);
};

const ofJms = (shown: ShownMessage, queue: string): LedgerMessage =>
  fromJms(
    {
      JMSMessageID: shown.id,
      JMSCorrelationID: shown.correlationId,
      JMSTimestamp: shown.timestamp,
      properties: Object.fromEntries(Object.entries(shown.properties).map(([name, text]) => [name, typedValue(text)])),
      body: Buffer.from(shown.body, 'hex'),
    },
    queue,
  );

/** What a reader makes of one message: its identity of each kind, its destination without the reader's name, its time. */
interface Keys {
  readonly identities: Readonly<Record<string, string | undefined>>;
  readonly destination: string;
  readonly createdAtMs: number | undefined;
}

const keysOf = (message: LedgerMessage): Keys => ({
  identities: Object.fromEntries(identities.map((identity) => [nameOf(identity), findIdentity(message, identity)])),
  destination: message.destination.replace(/\.\w+$/, ''),
  createdAtMs: message.createdAtMs,
});

describe.runIf(!withoutActiveMq).each(['native', 'jms'] as const)('with the AMQP transformer %s', (amqpTransformer) => {
  let broker: RealBroker;
  let clients: ClientsTool;

  beforeAll(async () => {
    broker = await RealBroker.start({ amqpTransformer, elements: fanOut });
    clients = await ClientsTool.compile(broker);
  });

  afterAll(async () => {
    await clients?.dispose();
    await broker?.stop();
  });

  const send: Readonly<Record<(typeof senders)[number], () => Promise<void>>> = {
    openwire: () => clients.send('openwire', 'from.openwire'),
    qpid: () => clients.send('qpid', 'from.qpid'),
    mqtt: async () => {
      for (let count = 0; count < 2; count += 1) await clients.send('mqtt', 'from/mqtt/topic');
    },
    rhea: async () => {
      const connection = await connectAmqp(broker);
      await sendAmqp(connection, 'from.rhea', [
        {
          message_id: 'chosen',
          correlation_id: 'cart-1',
          creation_time: 1_790_000_000_123,
          application_properties: { text: 'order 7', int: 7, boolean: true, double: 0.1 },
          body: 'Größe',
          durable: true,
        } as unknown as Message,
        { message_id: 'without a time', body: 'x', durable: true } as unknown as Message,
      ]);
      connection.close();
    },
    stomp: async () =>
      await sendStomp(broker, 'from.stomp', [
        {
          headers: { 'correlation-id': 'cart-1', text: 'order 7', int: '7', persistent: 'true' },
          body: Buffer.from('x'),
        },
        { headers: { 'content-length': '3', persistent: 'true' }, body: Buffer.from('00ff41', 'hex') },
      ]),
  };

  const readAmqp = async (queue: string): Promise<readonly LedgerMessage[]> => {
    const connection = await connectAmqp(broker);
    const address = `queue://${queue}?consumer.prefetchSize=10`;
    const messages: LedgerMessage[] = [];
    connection
      .open_receiver({ source: { address }, credit_window: 10 })
      .on('message', ({ message }) => void (message && messages.push(fromAmqp(message as never, address))));
    await waitUntil(`two messages of ${queue}`, 10_000, async () => (messages.length === 2 ? true : undefined));
    connection.close();
    return messages;
  };

  const walk = async (queue: string): Promise<readonly Keys[]> => {
    const keys: Keys[] = [];
    const judge = (message: HeldMessage) => {
      const found = identities.map((identity) => [nameOf(identity), identifyHeld(identity)(message)]);
      const destination = queue.replace(/\.\w+$/, '');
      keys.push({ identities: Object.fromEntries(found), destination, createdAtMs: message.createdAtMs });
      return 'keep' as const;
    };
    await scanOn(broker).scan(queue, { deadlineMs: Date.now() + 60_000 }, async (batch) => batch.map(judge));
    return keys;
  };

  const read = async (sender: string): Promise<Readonly<Record<Reader, readonly Keys[]>>> => ({
    rhea: (await readAmqp(`${sender}.rhea`)).map(keysOf),
    stomp: (await readStomp(broker, `/queue/${sender}.stomp?consumer.prefetchSize=10`, 2)).map((frame) =>
      keysOf(fromStomp(frame)),
    ),
    openwire: (await clients.read('openwire', `${sender}.openwire?consumer.prefetchSize=10`, 2)).map((shown) =>
      keysOf(ofJms(shown, `${sender}.openwire?consumer.prefetchSize=10`)),
    ),
    qpid: (await clients.read('qpid', `${sender}.qpid`, 2)).map((shown) => keysOf(ofJms(shown, `${sender}.qpid`))),
    walk: await walk(`${sender}.walk`),
  });

  it.each(senders)('a message of %s has one key, whoever reads it', async (sender) => {
    await send[sender]();
    await waitUntil('the copies', 10_000, async () => {
      const { queues } = await countsOn(broker);
      return readers.every((reader) => queues.get(`from.${sender}.${reader}`)?.size === 2) ? true : undefined;
    });
    const seen = await read(`from.${sender}`);
    for (const index of [0, 1]) {
      const keys = readers.map((reader) => seen[reader][index]);
      for (const identity of identities) {
        const found = keys.map((each) => each?.identities[nameOf(identity)]);
        const distinct = new Set(found.filter((id) => id !== undefined));
        const complete = found.every((id) => (id === undefined) === (found[0] === undefined));
        expect([nameOf(identity), [...distinct].length <= 1]).toEqual([nameOf(identity), true]);
        if (!mayBeNone(identity)) expect([nameOf(identity), complete]).toEqual([nameOf(identity), true]);
      }
      expect(new Set(keys.map((each) => each?.identities['message-id'])).has(undefined)).toBe(false);
      expect(new Set(keys.map((each) => each?.destination))).toEqual(new Set([`from.${sender}`]));
      // Who does not know when it was made takes every record for one of it.
      const times = new Set(keys.flatMap((each) => each?.createdAtMs ?? []));
      expect(times.size).toBeLessThanOrEqual(1);
    }
  });
});
