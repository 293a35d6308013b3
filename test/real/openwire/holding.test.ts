import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pullAtOnce } from '../../../functions/reconciliation/openwire/consumer.ts';
import { ConnectionLost } from '../../../functions/reconciliation/openwire/openwire-errors.ts';
import { RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { JmsTool } from '../activemq/jms-tool.ts';
import { withoutActiveMq } from '../activemq/without-activemq.ts';
import { connectOpenWire, moveMessages, takeMessages } from './broker-connection.ts';

const quietMs = 2_000;

/** More than the broker's page of 200. */
const depth = 1_500;

describe.runIf(!withoutActiveMq)('holding a queue of a real broker', () => {
  let broker: RealBroker;
  let jms: JmsTool;

  beforeAll(async () => {
    broker = await RealBroker.start();
    jms = await JmsTool.compile(broker);
  });

  afterAll(async () => {
    await jms?.dispose();
    await broker?.stop();
  });

  const filled = async (count: number) => {
    const queue = `held-${randomUUID()}`;
    // The broker keeps others than persistent ones in an order of their own.
    const ids = (await jms.produce(queue, { count, first: 0, persistent: true })).map(({ id }) => id);
    return { queue, ids };
  };

  const idsLeft = async (queue: string, count: number) => {
    const left = await jms.drain(queue, count);
    return {
      ids: left.map(({ id }) => id),
      redeliveries: Math.max(0, ...left.map(({ redeliveries }) => redeliveries)),
    };
  };

  it('gets a page and nothing more, until the window moves along', async () => {
    const { queue, ids } = await filled(depth);
    const connection = await connectOpenWire(broker);
    const consumer = await connection.consume({ queue, prefetch: 10_000 });
    let page = 0;
    while ((await consumer.arrival(quietMs)) === 'arrived') page += consumer.take().length;
    expect(page).toBe(200);
    await consumer.close();
    const other = await connection.consume({ queue, prefetch: 10_000 });
    const all = await takeMessages(other, ids.length);
    expect(all.map(({ message }) => message.messageId)).toEqual(ids);
    // Closing gives everything back in order, and counts no delivery.
    await other.close();
    await connection.close();
    expect(await idsLeft(queue, ids.length)).toEqual({ ids, redeliveries: 0 });
  });

  it.each([
    ['the end of the connection', 'close', 0],
    ['a lost connection', 'abort', 1],
  ] as const)('gives back in order after %s', async (_what, how, redeliveries) => {
    const { queue, ids } = await filled(300);
    const connection = await connectOpenWire(broker);
    const held = await takeMessages(await connection.consume({ queue, prefetch: 1_000 }), ids.length);
    expect(held.length).toBe(ids.length);
    if (how === 'close') await connection.close();
    else connection.abort(new ConnectionLost('a test breaks off'));
    expect(await idsLeft(queue, ids.length)).toEqual({ ids, redeliveries });
  });

  it('leaves nothing in the target and everything in the queue when the connection is lost in a transaction', async () => {
    const { queue, ids } = await filled(300);
    const connection = await connectOpenWire(broker);
    const consumer = await connection.consume({ queue, prefetch: 1_000 });
    const held = await takeMessages(consumer, ids.length);
    const transaction = await connection.begin();
    for (const { message } of held) transaction.copy(message, `${queue}.quarantine`, 'kept');
    consumer.acknowledge(held, transaction);
    // The broker has it all: it answers what was sent behind it.
    const probe = await connection.consume({ queue: `${queue}.probe`, prefetch: 1 });
    await probe.close();
    connection.abort(new ConnectionLost('a test breaks off'));
    expect((await idsLeft(queue, ids.length)).ids).toEqual(ids);
    expect((await idsLeft(`${queue}.quarantine`, 0)).ids).toEqual([]);
  });

  it('holds what was acknowledged again after a rollback, and takes it in a second try', async () => {
    const { queue, ids } = await filled(50);
    const connection = await connectOpenWire(broker);
    const consumer = await connection.consume({ queue, prefetch: 1_000 });
    const held = await takeMessages(consumer, ids.length);
    const first = await connection.begin();
    for (const { message } of held) first.copy(message, `${queue}.quarantine`, 'kept');
    consumer.acknowledge(held, first);
    await first.rollback();
    const second = await connection.begin();
    // Every second one: ranges may not take what is between.
    const some = held.filter(({ ordinal }) => ordinal % 5 < 3 && ordinal % 2 === 0);
    for (const { message } of some) second.copy(message, `${queue}.quarantine`, 'kept');
    consumer.acknowledge(
      some.map((delivery) => delivery.withoutMessage()),
      second,
    );
    await second.commit();
    await connection.close();
    const moved = some.map(({ message }) => message.messageId);
    expect((await idsLeft(`${queue}.quarantine`, moved.length)).ids).toEqual(moved);
    expect((await idsLeft(queue, ids.length - moved.length)).ids).toEqual(ids.filter((id) => !moved.includes(id)));
  });

  it('takes exactly the ranges that it is told, and leaves what is between', async () => {
    const { queue, ids } = await filled(150);
    const connection = await connectOpenWire(broker);
    const consumer = await connection.consume({ queue, prefetch: 1_000 });
    const held = await takeMessages(consumer, ids.length);
    const transaction = await connection.begin();
    const removed = held.filter(({ ordinal }) => ordinal % 10 < 4 || ordinal % 10 === 7);
    consumer.acknowledge(removed, transaction);
    await transaction.commit();
    await connection.close();
    const gone = new Set(removed.map(({ message }) => message.messageId));
    expect(await idsLeft(queue, ids.length - gone.size)).toEqual({
      ids: ids.filter((id) => !gone.has(id)),
      redeliveries: 0,
    });
  });

  it('restores to the queue it came from, each once, and again', async () => {
    const { queue, ids } = await filled(100);
    for (const turn of [1, 2]) {
      const connection = await connectOpenWire(broker);
      for (const [from, to, identity] of [
        [queue, `${queue}.quarantine.${turn}`, 'kept'],
        [`${queue}.quarantine.${turn}`, queue, 'fresh'],
      ] as const) {
        const consumer = await connection.consume({ queue: from, prefetch: 1_000 });
        const held = await takeMessages(consumer, ids.length);
        expect(held.length).toBe(ids.length);
        const transaction = await connection.begin();
        for (const { message } of held) transaction.copy(message, to, identity);
        consumer.acknowledge(held, transaction);
        await transaction.commit();
        await consumer.close();
      }
      await connection.close();
    }
    expect((await idsLeft(queue, ids.length)).ids).toEqual(ids);
  });

  it('shows why a restore gives new ids: a queue silently drops the ids that it has seen', async () => {
    const { queue, ids } = await filled(20);
    const connection = await connectOpenWire(broker);
    for (const [from, to] of [
      [queue, `${queue}.quarantine`],
      [`${queue}.quarantine`, queue],
    ] as const) {
      expect(await moveMessages(connection, { from, to, count: ids.length, identity: 'kept' })).toBe(ids.length);
    }
    await connection.close();
    // Both commits succeeded.
    expect((await idsLeft(`${queue}.quarantine`, 0)).ids).toEqual([]);
    expect((await idsLeft(queue, 0)).ids).toEqual([]);
  });

  it('shows that a copy of what expired while it was held is a dead letter, and no copy in the target', async () => {
    const queue = `expiring-${randomUUID()}`;
    const [id] = await jms.sendExpiring(queue, 5_000);
    const connection = await connectOpenWire(broker);
    const consumer = await connection.consume({ queue, prefetch: 10 });
    const held = await takeMessages(consumer, 1);
    expect(held.map(({ message }) => message.messageId)).toEqual([id]);
    // Nothing more comes until its time has passed.
    expect(await consumer.arrival(6_000)).toBe('quiet');
    const transaction = await connection.begin();
    for (const { message } of held) transaction.copy(message, `${queue}.quarantine`, 'kept');
    consumer.acknowledge(held, transaction);
    await transaction.commit();
    await connection.close();
    expect((await idsLeft(`${queue}.quarantine`, 0)).ids).toEqual([]);
    expect((await idsLeft(queue, 0)).ids).toEqual([]);
    expect((await idsLeft('ActiveMQ.DLQ', 1)).ids).toContain(id);
  });

  it('pulls one by one, and is told when there is nothing', async () => {
    const { queue, ids } = await filled(20);
    const connection = await connectOpenWire(broker);
    const consumer = await connection.consume({ queue, prefetch: 0 });
    expect(await consumer.arrival(200)).toBe('quiet');
    consumer.pull(ids.length, 0);
    expect((await takeMessages(consumer, ids.length)).map(({ message }) => message.messageId)).toEqual(ids);
    consumer.pull(1, pullAtOnce);
    expect(await consumer.arrival(20_000)).toBe('end');
    await connection.close();
  });

  it('gets more once its prefetch is raised', async () => {
    const { queue, ids } = await filled(60);
    const connection = await connectOpenWire(broker);
    const consumer = await connection.consume({ queue, prefetch: 5 });
    expect((await takeMessages(consumer, ids.length)).length).toBe(5);
    consumer.setPrefetch(1_000);
    expect((await takeMessages(consumer, ids.length - 5)).length).toBe(ids.length - 5);
    await connection.close();
  });

  it('is exclusive beside a consumer of an application', async () => {
    const { queue, ids } = await filled(100);
    const application = await connectOpenWire(broker);
    const plain = await application.consume({ queue, prefetch: 3 });
    expect((await takeMessages(plain, 3)).length).toBe(3);
    const connection = await connectOpenWire(broker);
    const exclusive = await connection.consume({ queue, prefetch: 1_000, exclusive: true, priority: 127 });
    expect((await takeMessages(exclusive, ids.length - 3)).map(({ message }) => message.messageId)).toEqual(
      ids.slice(3),
    );
    await connection.close();
    await application.close();
  });

  it('browses without holding', async () => {
    const { queue, ids } = await filled(50);
    const connection = await connectOpenWire(broker);
    const browser = await connection.consume({ queue, prefetch: 1_000, browse: true });
    const seen: string[] = [];
    for (;;) {
      const arrival = await browser.arrival(20_000);
      seen.push(...browser.take().map(({ message }) => message.messageId));
      if (arrival !== 'arrived') break;
    }
    expect(seen).toEqual(ids);
    const consumer = await connection.consume({ queue, prefetch: 1_000 });
    expect((await takeMessages(consumer, ids.length)).length).toBe(ids.length);
    await connection.close();
  });

  it('selects by what JMS shows as the id', async () => {
    const { queue, ids } = await filled(30);
    const connection = await connectOpenWire(broker);
    const selector = `JMSMessageID='${ids[17]}'`;
    const consumer = await connection.consume({ queue, prefetch: 10, selector });
    expect((await takeMessages(consumer, 1)).map(({ message }) => message.messageId)).toEqual([ids[17]]);
    await connection.close();
  });

  it("outlives the broker's patience with a silent client, and notices the end of the broker", async () => {
    const { queue } = await filled(10);
    const connection = await connectOpenWire(broker, { maxInactivityMs: 1_500 });
    const consumer = await connection.consume({ queue, prefetch: 10 });
    await takeMessages(consumer, 10);
    // Four times as long as either side takes for the other's death.
    expect(await consumer.arrival(6_000)).toBe('quiet');
    expect(connection.error).toBeUndefined();
    await broker.kill();
    await waitUntil('the loss', 10_000, async () => connection.error);
    expect(connection.error?.name).toBe('ConnectionLost');
    await broker.startAgain();
  });
});
