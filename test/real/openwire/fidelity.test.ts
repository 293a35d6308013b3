import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amqpMessage, connectAmqp, sendAmqp } from '../../../tools/real/activemq/amqp-source.ts';
import { connectors, RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { JmsTool, type KnownMessage } from '../activemq/jms-tool.ts';
import { withoutActiveMq } from '../activemq/without-activemq.ts';
import { connectOpenWire, moveMessages } from './broker-connection.ts';
import { sendStomp } from './stomp-source.ts';

const mebibyte = 1024 * 1024;

/** Sizes around the limits of encodings and buffers. */
const sizes = [1, 1_000, 4_095, 65_535, 65_536, 65_537, mebibyte, 10 * mebibyte];

const withLargest = process.env.MQ_DR_LARGEST_MESSAGES === '1';
if (!withLargest) console.warn('messages of 90 MiB are left out; MQ_DR_LARGEST_MESSAGES=1 has them in');

const available = connectors();
if (!available.amqp || !available.stomp) {
  console.warn(`this ActiveMQ has no connector for ${available.amqp ? '' : 'AMQP '}${available.stomp ? '' : 'STOMP'}`);
}

/**
 * What must be equal: everything but what a broker says of a delivery. A browser sees no deliveries, and a group's first
 * message is one for a consumer only.
 */
const lasting = ({ groupFirst: _groupFirst, redelivered: _redelivered, properties, ...message }: KnownMessage) => ({
  ...message,
  properties: properties.replace(/JMSXDeliveryCount=integer:\d+,?/, ''),
});

/** A broker keeps persistent messages in order, and the others, but not one kind among the other. */
const inOrder = (messages: readonly KnownMessage[]) => {
  const persistent = messages.filter(({ mode }) => mode === 2);
  return [...persistent, ...messages.filter(({ mode }) => mode !== 2)].map(lasting);
};

/** Moves a queue to another one, in a connection of its own. */
const move = async (
  broker: RealBroker,
  moved: { readonly from: string; readonly to: string; readonly count: number; readonly identity: 'kept' | 'fresh' },
): Promise<void> => {
  const connection = await connectOpenWire(broker);
  expect(await moveMessages(connection, moved)).toBe(moved.count);
  await connection.close();
};

/** Moves a queue to a quarantine and back where it came from, and compares what JMS reads. */
const unchanged = async (
  broker: RealBroker,
  jms: JmsTool,
  queue: string,
  count: number,
): Promise<readonly KnownMessage[]> => {
  const before = inOrder(await jms.browseKinds(queue));
  expect(before.length).toBe(count);
  await move(broker, { from: queue, to: `${queue}.quarantine`, count, identity: 'kept' });
  expect(inOrder(await jms.browseKinds(`${queue}.quarantine`))).toEqual(before);
  expect(await jms.browseKinds(queue)).toEqual([]);
  // Ids that a queue has seen would vanish in it, so that these are new ones with the old as their text.
  await move(broker, { from: `${queue}.quarantine`, to: queue, count, identity: 'fresh' });
  const restored = await jms.readKinds(queue, count);
  expect(inOrder(restored)).toEqual(before);
  return restored;
};

describe.runIf(!withoutActiveMq)('what a JMS client reads of a copy', () => {
  let broker: RealBroker;
  let jms: JmsTool;

  beforeAll(async () => {
    broker = await RealBroker.start({ scheduler: true });
    jms = await JmsTool.compile(broker);
  });

  afterAll(async () => {
    await jms?.dispose();
    await broker?.stop();
  });

  const expectUnchanged = async (queue: string, count: number) => await unchanged(broker, jms, queue, count);

  it.each([false, true])(
    'equals the original in every kind, entry, property and header; compressed: %s',
    async (compressed) => {
      const queue = `kinds-${randomUUID()}`;
      const count = await jms.sendKinds(queue, { compressed });
      const read = await expectUnchanged(queue, count);
      expect(new Set(read.map((message) => message.class)).size).toBe(7);
      expect(read.some((message) => message.compressed === true)).toBe(compressed);
    },
  );

  it("has no mark of a first message of a group that was another consumer's", async () => {
    const queue = `groups-${randomUUID()}`;
    const { length: count } = await jms.produce(queue, { count: 30, first: 0, groups: true });
    await move(broker, { from: queue, to: `${queue}.quarantine`, count, identity: 'kept' });
    const quarantined = await jms.browseKinds(`${queue}.quarantine`);
    expect(quarantined.filter(({ group }) => group !== null).length).toBe(10);
    expect(quarantined.filter(({ groupFirst }) => groupFirst === true)).toEqual([]);
  });

  it('equals the original in every size from 1 byte to 10 MiB', async () => {
    const queue = `sizes-${randomUUID()}`;
    await jms.sendSizes(queue, sizes);
    await expectUnchanged(queue, sizes.length);
  });

  it('equals the original of a message that was delayed and has come', async () => {
    const queue = `delayed-${randomUUID()}`;
    await jms.sendDelayed(queue, 200);
    await waitUntil('the delayed message', 20_000, async () => (await jms.browseKinds(queue))[0]);
    const [read] = await expectUnchanged(queue, 1);
    expect(read?.properties).toContain('scheduledJobId');
  });

  it.runIf(available.amqp)('equals the original that came by AMQP', async () => {
    const queue = `amqp-${randomUUID()}`;
    const connection = await connectAmqp(broker);
    const messages = Array.from({ length: 60 }, (_, number) => amqpMessage(number));
    const { message_id: _none, ...withoutId } = amqpMessage(4);
    await sendAmqp(connection, queue, [...messages, withoutId]);
    connection.close();
    await expectUnchanged(queue, 61);
  });

  it.runIf(available.stomp)('equals the original that came by STOMP', async () => {
    const queue = `stomp-${randomUUID()}`;
    const text = Buffer.from('a text: \u00e4\u4e2d');
    await sendStomp(broker, queue, [
      { headers: { persistent: 'true', 'a-property': 'x' }, body: text },
      { headers: { 'content-length': '4', priority: '8' }, body: Buffer.from([0, 1, 0xff, 0]) },
      { headers: { 'correlation-id': 'c', 'reply-to': '/queue/replies', type: 't', JMSXGroupID: 'g' }, body: text },
      { headers: { expires: String(Date.now() + 86_400_000) }, body: Buffer.alloc(0) },
    ]);
    await expectUnchanged(queue, 4);
  });
});

describe.runIf(!withoutActiveMq && withLargest)('what a JMS client reads of a copy of 90 MiB', () => {
  it('equals the original', async () => {
    // With 1 GiB the broker ran out of memory; docs/openwire.md.
    const broker = await RealBroker.start({ heap: '2g' });
    const jms = await JmsTool.compile(broker);
    try {
      const queue = `largest-${randomUUID()}`;
      await jms.sendSizes(queue, [90 * mebibyte]);
      await unchanged(broker, jms, queue, 1);
    } finally {
      await jms.dispose();
      await broker.stop();
    }
  });
});
