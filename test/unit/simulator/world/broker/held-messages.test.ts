import type { Delivery, EventContext, Receiver } from 'rhea';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DrError } from '../../../../../functions/runtime/errors.ts';
import { ActiveMqBroker } from '../../../../../simulator/world/broker/active-mq-broker.ts';
import { AmqpTestClient, settleStreams } from '../../../../support/amqp-client.ts';

let broker: ActiveMqBroker;
let client: AmqpTestClient;

beforeEach(async () => {
  broker = new ActiveMqBroker({
    brokerId: 'b-1',
    brokerName: 'orders',
    region: 'us-east-1',
    nowMs: () => 0,
    authenticate: () => true,
  });
  client = await AmqpTestClient.connect(broker);
});

afterEach(async () => {
  await client.close();
});

interface Link {
  readonly receiver: Receiver;
  readonly deliveries: Delivery[];
  /** Ids and delivery counts of what came, in order. */
  readonly got: (readonly [id: unknown, deliveryCount: number])[];
  readonly ids: () => unknown[];
  readonly drains: () => number;
}

/** A receiving link in a session of its own. */
const open = (address = 'q', from = client): Link => {
  const session = from.connection.create_session();
  session.begin();
  const receiver = session.open_receiver({ source: address, credit_window: 0, autoaccept: false });
  const deliveries: Delivery[] = [];
  const got: (readonly [unknown, number])[] = [];
  let drains = 0;
  receiver.on('message', ({ message, delivery }: EventContext) => {
    if (message === undefined || delivery === undefined) return;
    deliveries.push(delivery);
    got.push([message.message_id, message.delivery_count ?? 0]);
  });
  receiver.on('receiver_drained', () => drains++);
  return { receiver, deliveries, got, ids: () => got.map(([id]) => id), drains: () => drains };
};

const give = async ({ receiver }: Link, credit: number): Promise<void> => {
  receiver.add_credit(credit);
  await settleStreams();
};

const drain = async ({ receiver }: Link, credit: number): Promise<void> => {
  receiver.drain_credit();
  receiver.add_credit(credit);
  await settleStreams();
};

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_unused, index) => `m${from + index}`);

const counts = () => broker.messages('q').map(({ deliveryCount }) => deliveryCount);

describe('messages that a client holds without an answer', () => {
  it('come by the page to a drain, and by themselves to credit that is not drained', async () => {
    await client.sendNumbered('q', 'm', 700);
    const link = open();
    await drain(link, 1_000);
    expect([link.got.length, link.drains()]).toEqual([200, 1]);
    await drain(link, 1_000);
    expect([link.got.length, link.drains()]).toEqual([400, 2]);
    link.receiver.drain = false;
    await give(link, 250);
    expect([link.got.length, link.drains()]).toEqual([650, 2]);
    await drain(link, 50);
    // All the credit was used, so there is none to give back.
    expect([link.got.length, link.drains()]).toEqual([700, 2]);
    await drain(link, 50);
    expect([link.got.length, link.drains()]).toEqual([700, 3]);
  });

  it('go back in order and uncounted when their links are detached in the order of the queue', async () => {
    await client.sendNumbered('q', 'm', 3_000);
    const chain: Link[] = [];
    for (let index = 0; index < 3; index++) {
      const link = open();
      chain.push(link);
      await give(link, 1_000);
    }
    expect(chain.map(({ got }) => got.length)).toEqual([1_000, 1_000, 1_000]);
    expect(broker.queueStatistics().get('q')).toMatchObject({ size: 3_000, inFlight: 3_000, consumers: 3 });
    for (const { receiver } of chain) {
      receiver.close();
      await settleStreams();
    }
    expect(broker.queueStatistics().get('q')).toMatchObject({
      inFlight: 0,
      consumers: 0,
      enqueued: 3_000,
      dequeued: 0,
    });
    const after = open();
    await give(after, 3_000);
    // One session buffers 2,048.
    expect(after.got).toEqual(numbered(1, 2_048).map((id) => [id, 0]));
  });

  it('go back ahead of what was never delivered, in the order in which links are detached', async () => {
    await client.sendNumbered('q', 'm', 6);
    const [first, second] = [open(), open()];
    await give(first, 2);
    await give(second, 2);
    second.receiver.close();
    await settleStreams();
    first.receiver.close();
    await settleStreams();
    expect(broker.messages('q').map(({ id }) => id)).toEqual(numbered(1, 6).map((id) => `ID:${id}`));
    const after = open();
    await give(after, 6);
    expect(after.ids()).toEqual(['m3', 'm4', 'm1', 'm2', 'm5', 'm6']);
  });

  it('leave what was accepted out, and nothing else', async () => {
    await client.sendNumbered('q', 'm', 5);
    const link = open();
    await give(link, 5);
    link.deliveries[1]?.accept();
    link.deliveries[3]?.accept();
    await settleStreams();
    link.receiver.close();
    await settleStreams();
    const after = open();
    await give(after, 5);
    expect(after.got).toEqual([
      ['m1', 0],
      ['m3', 0],
      ['m5', 0],
    ]);
  });

  it.each([
    ['a session that ends', (link: Link) => link.receiver.session.close()],
    ['a connection that is closed', (_link: Link, other: AmqpTestClient) => other.connection.close()],
    [
      'a connection that breaks',
      (_link: Link, other: AmqpTestClient) => (other.connection as { socket?: { destroy(): void } }).socket?.destroy(),
    ],
  ])('count as failed deliveries after %s with the link attached', async (_what, end) => {
    await client.sendNumbered('q', 'm', 3);
    const other = await AmqpTestClient.connect(broker);
    const link = open('q', other);
    await give(link, 2);
    end(link, other);
    await settleStreams();
    expect(counts()).toEqual([1, 1, 0]);
    const after = open();
    await give(after, 3);
    expect(after.got).toEqual([
      ['m1', 1],
      ['m2', 1],
      ['m3', 0],
    ]);
  });

  it('come back in blocks out of order when a connection with several sessions breaks, until the broker starts again', async () => {
    await client.sendNumbered('q', 'm', 8);
    const other = await AmqpTestClient.connect(broker);
    for (let index = 0; index < 4; index++) await give(open('q', other), 2);
    other.connection.close();
    await settleStreams();
    const after = open();
    await give(after, 8);
    const order = after.ids();
    expect([...order].sort()).toEqual(numbered(1, 8));
    expect(order).not.toEqual(numbered(1, 8));
    for (const first of ['m1', 'm3', 'm5', 'm7']) {
      const index = order.indexOf(first);
      expect(order[index + 1]).toBe(`m${Number(first.slice(1)) + 1}`);
    }
    broker.powerOff();
    await client.lost();
    broker.powerOn();
    client = await AmqpTestClient.connect(broker);
    const restarted = open();
    await give(restarted, 8);
    expect(restarted.got).toEqual(numbered(1, 8).map((id) => [id, 0]));
  });

  it('come again on the same link when they are given back, and to nobody else while it is attached', async () => {
    await client.sendNumbered('q', 'm', 2);
    const link = open();
    await give(link, 2);
    link.deliveries[0]?.release();
    await settleStreams();
    link.deliveries[1]?.modified({ delivery_failed: true });
    await settleStreams();
    const other = open();
    await give(other, 5);
    expect(other.got).toEqual([]);
    await give(link, 2);
    expect(link.got.slice(2)).toEqual([
      ['m1', 0],
      ['m2', 1],
    ]);
    link.receiver.close();
    await settleStreams();
    // The broker itself has counted nothing.
    expect(other.got).toEqual([
      ['m1', 0],
      ['m2', 0],
    ]);
  });
});

describe('an exclusive consumer', () => {
  const exclusive = 'q?consumer.exclusive=true&consumer.priority=127';

  it('gets everything from now on; the others keep what they hold, and go on when the last one is gone', async () => {
    await client.sendNumbered('q', 'm', 6);
    const ordinary = open();
    await give(ordinary, 2);
    const scanner = open(exclusive);
    await give(scanner, 2);
    await give(ordinary, 10);
    expect([ordinary.ids(), scanner.ids()]).toEqual([
      ['m1', 'm2'],
      ['m3', 'm4'],
    ]);
    const next = open(exclusive);
    await settleStreams();
    await give(scanner, 10);
    await give(next, 1);
    expect([scanner.ids(), next.ids()]).toEqual([['m3', 'm4'], ['m5']]);
    next.receiver.close();
    await settleStreams();
    // The older exclusive link has credit left.
    expect(scanner.ids()).toEqual(['m3', 'm4', 'm5', 'm6']);
    expect(ordinary.ids()).toEqual(['m1', 'm2']);
    scanner.receiver.close();
    await settleStreams();
    expect(ordinary.ids()).toEqual(numbered(1, 6));
  });

  it('is not replaced by one of lower or equal priority below the highest', async () => {
    await client.sendNumbered('q', 'm', 3);
    const first = open('q?consumer.exclusive=true&consumer.priority=5');
    const equal = open('q?consumer.exclusive=true&consumer.priority=5');
    await give(equal, 1);
    await give(first, 1);
    expect([first.ids(), equal.ids()]).toEqual([['m1'], []]);
    const higher = open('q?consumer.exclusive=true&consumer.priority=6');
    await give(higher, 1);
    expect(higher.ids()).toEqual(['m2']);
  });

  it('needs options that are modelled, and a queue', async () => {
    const refusal = async (address: string) =>
      await client.receive(address, 1).then(
        () => undefined,
        (error: DrError) => error.message,
      );
    for (const option of ['consumer.prefetchSize=1', 'consumer.exclusive=maybe', 'consumer.priority=128', 'x']) {
      expect(await refusal(`q?${option}`)).toContain(option);
      client = await AmqpTestClient.connect(broker);
    }
  });
});

describe('consumers of different priority', () => {
  it('are served in its order, and equal ones in turn', async () => {
    const low = open('q?consumer.priority=-1');
    const [one, two] = [open('q?consumer.priority=3'), open('q?consumer.priority=3')];
    await give(low, 10);
    await give(one, 2);
    await give(two, 3);
    await client.sendNumbered('q', 'm', 7);
    await settleStreams();
    expect([low.ids(), one.ids(), two.ids()]).toEqual([
      ['m6', 'm7'],
      ['m1', 'm3'],
      ['m2', 'm4', 'm5'],
    ]);
  });
});

describe('a message group', () => {
  const grouped = (id: string) => ({ message_id: id, group_id: 'g', body: id });

  it('stays with the link that got its first message, and holds up everybody when a page of it waits', async () => {
    await client.send('q', [grouped('g1')]);
    const owner = open();
    await give(owner, 1);
    const others = Array.from({ length: 199 }, (_unused, index) => grouped(`g${index + 2}`));
    await client.send('q', [...others, { message_id: 'x1', body: 'x' }]);
    const other = open();
    await give(other, 10);
    expect(other.ids()).toEqual(['x1']);
    await client.send('q', [grouped('g201'), { message_id: 'x2', body: 'x' }]);
    await settleStreams();
    // 200 messages of the group wait now, and nothing behind them is looked at.
    expect(other.ids()).toEqual(['x1']);
    owner.receiver.close();
    await settleStreams();
    expect(other.ids().slice(0, 3)).toEqual(['x1', 'g1', 'g2']);
  });
});
