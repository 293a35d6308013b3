import rhea, { type Delivery, type EventContext, type Receiver } from 'rhea';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DrError } from '../../../../../functions/runtime/errors.ts';
import { ActiveMqBroker, ConnectionRefusedError } from '../../../../../simulator/world/broker/active-mq-broker.ts';
import { AmqpTestClient, settleStreams } from '../../../../support/amqp-client.ts';

const newBroker = () =>
  new ActiveMqBroker({
    brokerId: 'b-1',
    brokerName: 'orders',
    region: 'us-east-1',
    nowMs: () => 0,
    authenticate: (username, password) => username === 'app' && password === 'app-password',
  });

let broker: ActiveMqBroker;
let client: AmqpTestClient;

beforeEach(async () => {
  broker = newBroker();
  client = await AmqpTestClient.connect(broker);
});

afterEach(async () => {
  await client.close();
});

const ids = (messages: readonly { readonly id: unknown }[]) => messages.map(({ id }) => id);
const refusal = async (work: Promise<unknown>): Promise<DrError> =>
  await work.then(
    () => {
      throw new Error('was not refused');
    },
    (error: DrError) => error,
  );

/** A receiver under the test's own control. */
const openReceiver = (options: object): { receiver: Receiver; deliveries: Delivery[]; drained: () => number } => {
  const session = client.connection.create_session();
  session.begin();
  const receiver = session.open_receiver({ source: 'q', credit_window: 0, autoaccept: false, ...options });
  const deliveries: Delivery[] = [];
  let drained = 0;
  receiver.on('message', ({ delivery }: EventContext) => delivery && deliveries.push(delivery));
  receiver.on('receiver_drained', () => drained++);
  return { receiver, deliveries, drained: () => drained };
};

describe('AMQP connectors', () => {
  it('carry messages to the queue that either form of its address names', async () => {
    await client.sendNumbered('q', 'm', 3);
    await client.sendNumbered('queue://q', 'n', 1);
    expect(ids(await client.receive('queue://q', 10))).toEqual(['m1', 'm2', 'm3', 'n1']);
    expect(broker.queueDepths()).toEqual(new Map([['q', 0]]));
  });

  it('deliver the bytes that were sent', async () => {
    const id = rhea.types.wrap_binary(Buffer.from([1, 2, 3]));
    const properties = { long: rhea.types.wrap_long(5), ubyte: rhea.types.wrap_ubyte(5) };
    const sent = { message_id: id, durable: true, application_properties: properties, body: { deep: [1, 'two'] } };
    await client.send('q', [sent]);
    expect(broker.store.browse('q')[0]?.message.bytes).toEqual(rhea.message.encode(sent));
  });

  it('carry messages larger than a frame', async () => {
    const body = 'x'.repeat(3_000_000);
    await client.send('q', [{ message_id: 'big', body }]);
    const [received] = await client.receive('q', 1);
    expect(received?.body).toBe(body);
  });

  it('give a message without an id one that consumers see and can select by', async () => {
    await client.send('q', [{ body: 'first' }, { body: 'second' }]);
    const [, second] = await client.browse('q', 2);
    const selector = `JMSMessageID='${second?.id}'`;
    expect((await client.receive('q', 5, { selector })).map(({ body }) => body)).toEqual(['second']);
  });

  it('send no more than there is credit for', async () => {
    await client.sendNumbered('q', 'm', 10);
    const { receiver, deliveries } = openReceiver({});
    receiver.add_credit(3);
    await settleStreams();
    expect(deliveries).toHaveLength(3);
    receiver.add_credit(4);
    await settleStreams();
    expect(deliveries).toHaveLength(7);
  });

  it('answer a drain of an empty queue at once', async () => {
    expect(await client.receive('empty', 5)).toEqual([]);
    expect(await client.receive('empty', 5)).toEqual([]);
  });

  it('keep credit for messages to come, and give it back when drained', async () => {
    const { receiver, deliveries, drained } = openReceiver({});
    receiver.add_credit(5);
    await client.sendNumbered('q', 'm', 2);
    await settleStreams();
    expect([deliveries.length, drained()]).toEqual([2, 0]);
    receiver.drain_credit();
    await settleStreams();
    expect(drained()).toBe(1);
    await client.sendNumbered('q', 'n', 2);
    await settleStreams();
    expect(deliveries).toHaveLength(2);
    receiver.drain = false;
    receiver.add_credit(1);
    await settleStreams();
    expect(deliveries).toHaveLength(3);
    expect(broker.messages('q').filter(({ acquired }) => acquired)).toHaveLength(3);
  });

  it('share a queue among consumers in turn', async () => {
    const one = openReceiver({});
    const two = openReceiver({});
    one.receiver.add_credit(10);
    two.receiver.add_credit(10);
    await settleStreams();
    await client.sendNumbered('q', 'm', 6);
    await settleStreams();
    expect([one.deliveries.length, two.deliveries.length]).toEqual([3, 3]);
  });

  it('deliver more unanswered messages than a session buffers once earlier ones are answered', async () => {
    await client.sendNumbered('q', 'm', 3_000);
    const { receiver, deliveries } = openReceiver({});
    receiver.add_credit(3_000);
    await settleStreams();
    const before = deliveries.length;
    for (const delivery of deliveries) delivery.accept();
    await settleStreams();
    expect(before).toBeLessThan(3_000);
    expect(deliveries).toHaveLength(3_000);
  });

  it('go on for as long as a client pulls that waits for each confirmation', async () => {
    const sent = await client.sendNumbered('q', 'm', 3_000);
    const { receiver, deliveries, drained } = openReceiver({ rcv_settle_mode: 1 });
    for (;;) {
      const before = deliveries.length;
      receiver.drain_credit();
      receiver.add_credit(400);
      await settleStreams();
      for (const delivery of deliveries.slice(before)) delivery.accept();
      await settleStreams();
      if (deliveries.length === before) break;
    }
    expect(deliveries).toHaveLength(sent.length);
    // One page of 200 for each drain, and one drain that brings nothing.
    expect(drained()).toBe(16);
    expect(deliveries.every(({ remote_settled: settled }) => settled)).toBe(true);
    expect(broker.queueDepths().get('q')).toBe(0);
  });

  it('carry out each outcome', async () => {
    await client.sendNumbered('q', 'm', 5);
    const answers = ['accept', 'release', 'reject', 'fail', 'undeliverable'] as const;
    await client.receive('q', 5, { answer: (index) => answers[index] ?? 'hold', settleMode: 1 });
    await settleStreams();
    expect(broker.messages('q')).toEqual([
      { id: 'ID:m2', deliveryCount: 0, acquired: false },
      { id: 'ID:m4', deliveryCount: 0, acquired: false },
    ]);
    expect(broker.messages('ActiveMQ.DLQ').map(({ id }) => id)).toEqual(['ID:m3', 'ID:m5']);
    const again = await client.receive('q', 5, { answer: 'hold' });
    expect(ids(again)).toEqual(['m2', 'm4']);
  });

  it('confirm each answer with its own outcome to a client that settles second', async () => {
    await client.sendNumbered('q', 'm', 3);
    const { receiver, deliveries } = openReceiver({ rcv_settle_mode: 1 });
    receiver.add_credit(3);
    await settleStreams();
    deliveries[0]?.accept();
    await settleStreams();
    deliveries[1]?.release();
    await settleStreams();
    expect(deliveries.map(({ remote_state: state }) => `${state?.constructor}`)).toEqual([
      'accepted#24',
      'released#26',
      'undefined',
    ]);
    expect(deliveries.map(({ remote_settled: settled }) => settled)).toEqual([true, true, false]);
  });

  it('cannot help a client that settles two different outcomes in one tick: rhea sends the first one for both', async () => {
    await client.sendNumbered('q', 'm', 2);
    const { receiver, deliveries } = openReceiver({});
    receiver.add_credit(2);
    await settleStreams();
    deliveries[0]?.accept();
    deliveries[1]?.release();
    await settleStreams();
    expect(broker.messages('q')).toEqual([]);
  });

  it('browse without removing, held messages too, and end when drained', async () => {
    await client.sendNumbered('q', 'm', 4);
    await client.receive('q', 1, { answer: 'hold' });
    expect(ids(await client.browse('q', 100))).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(ids(await client.browse('q', 2))).toEqual(['m1', 'm2']);
    expect(ids(await client.browse('q', 100, { selector: "JMSMessageID='ID:m3'" }))).toEqual(['m3']);
    expect(ids(await client.browse('nothing-here', 100))).toEqual([]);
    expect(broker.queueDepths().get('q')).toBe(4);
  });

  it('end a browse only after everything was shown, even when a session buffers no more', async () => {
    await client.sendNumbered('q', 'm', 400);
    const session = client.connection.create_session();
    session.begin();
    const copies: Delivery[] = [];
    let drained = 0;
    for (let link = 0; link < 6; link++) {
      const source = { address: 'q', distribution_mode: 'copy' };
      const receiver = session.open_receiver({ source, credit_window: 0, autoaccept: false });
      receiver.on('message', ({ delivery }: EventContext) => delivery && copies.push(delivery));
      receiver.on('receiver_drained', () => drained++);
      receiver.drain_credit();
      receiver.add_credit(500);
    }
    await settleStreams();
    expect(copies.length).toBeLessThan(2_400);
    for (const copy of copies) copy.accept();
    await settleStreams();
    expect([copies.length, drained]).toEqual([2_400, 6]);
  });

  it('remove one message by its id', async () => {
    await client.sendNumbered('q', 'm', 4);
    expect(ids(await client.receive('q', 10, { selector: "JMSMessageID='ID:m3'" }))).toEqual(['m3']);
    expect(ids(await client.receive('q', 10))).toEqual(['m1', 'm2', 'm4']);
  });

  it('release what a dropped connection held, and raise its delivery count', async () => {
    await client.sendNumbered('q', 'm', 2);
    const other = await AmqpTestClient.connect(broker);
    await other.receive('q', 2, { answer: 'hold' });
    const { socket } = other.connection as { socket?: { destroy(): void } };
    socket?.destroy();
    await settleStreams();
    expect(broker.messages('q')).toEqual([
      { id: 'ID:m1', deliveryCount: 1, acquired: false },
      { id: 'ID:m2', deliveryCount: 1, acquired: false },
    ]);
    expect(broker.clientConnections()).toBe(1);
  });

  it('refuse a wrong password, an unknown user and a client without credentials', async () => {
    expect(await refusal(AmqpTestClient.connect(broker, { password: 'wrong' }))).toMatchObject({
      details: { condition: 'amqp:unauthorized-access' },
    });
    expect(await refusal(AmqpTestClient.connect(broker, { username: 'nobody' }))).toMatchObject({
      details: { condition: 'amqp:unauthorized-access' },
    });
    expect(await refusal(AmqpTestClient.connect(broker, { username: '' }))).toBeInstanceOf(Error);
    await settleStreams();
    expect(broker.clientConnections()).toBe(1);
  });

  it.each([
    ['topic://news', 'amqp:not-implemented', 'topic://'],
    ['temp-queue://x', 'amqp:not-implemented', 'temp-queue://'],
    ['a,b', 'amqp:not-implemented', '","'],
    ['orders.>', 'amqp:not-implemented', '">"'],
    ['', 'amqp:not-implemented', 'without an address'],
    [
      'ActiveMQ.Plugin.Replication.Intermediate.Queue',
      'amqp:unauthorized-access',
      'Not authorized to access destination',
    ],
  ])('refuse address "%s"', async (address, condition, text) => {
    const error = await refusal(client.send(address, [{}]));
    expect(error).toMatchObject({ details: { condition }, message: expect.stringContaining(text) });
    expect(broker.queueDepths().size).toBe(0);
  });

  it('refuse a replication queue to receivers too', async () => {
    const error = await refusal(client.receive('ActiveMQ.Plugin.Replication.Queue', 1));
    expect(error.details).toEqual({ condition: 'amqp:unauthorized-access' });
  });

  it('refuse selectors, filters and settle modes that are not modelled, by name', async () => {
    expect(await refusal(client.receive('q', 1, { selector: "colour = 'red'" }))).toMatchObject({
      details: { condition: 'amqp:not-implemented' },
      message: expect.stringContaining("colour = 'red'"),
    });
    const other = await AmqpTestClient.connect(broker);
    other.connection.open_receiver({
      source: { address: 'q', filter: { 'no-local': rhea.types.wrap_described([], 1) } },
    });
    await other.lost();
    const third = await AmqpTestClient.connect(broker);
    third.connection.open_receiver({ source: { address: '', dynamic: true } });
    await third.lost();
    const fourth = await AmqpTestClient.connect(broker);
    fourth.connection.open_receiver({ source: 'q', snd_settle_mode: 1 });
    await fourth.lost();
  });

  it('reject bytes that are no message and keep the link', async () => {
    const session = client.connection.create_session();
    session.begin();
    const sender = session.open_sender({ target: 'q' });
    const outcomes: string[] = [];
    for (const outcome of ['accepted', 'rejected']) sender.on(outcome, () => outcomes.push(outcome));
    await settleStreams();
    sender.send(Buffer.from('not a message'), undefined, 0);
    sender.send({ durable: true, body: 'fine' } as never);
    sender.send(Buffer.from('custom'), undefined, 42);
    await settleStreams();
    expect(outcomes).toEqual(['rejected', 'accepted', 'rejected']);
    expect(broker.queueDepths().get('q')).toBe(1);
  });

  it('refuse connections while the broker is down and drop clients when it stops', async () => {
    await client.send('q', [{ message_id: 'lasting' }, { message_id: 'volatile', durable: false }]);
    broker.powerOff();
    await client.lost();
    expect(() => broker.connect()).toThrow(ConnectionRefusedError);
    expect([broker.up, broker.acceptsClients, broker.clientConnections()]).toEqual([false, false, 0]);
    broker.powerOn();
    client = await AmqpTestClient.connect(broker);
    expect(ids(await client.receive('q', 10))).toEqual(['lasting']);
  });

  it('store nothing of a client whose connection was dropped before its message was read', async () => {
    const session = client.connection.create_session();
    session.begin();
    const sender = session.open_sender({ target: 'q' });
    await settleStreams();
    sender.send({ message_id: 'late', durable: true, body: 'x' } as never);
    broker.powerOff();
    await settleStreams();
    expect(broker.messages('q')).toEqual([]);
  });

  it('set no timer, even for a client that asks for heartbeats', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    const other = await AmqpTestClient.connect(broker, { idleTimeoutMs: 60_000 });
    await other.sendNumbered('q', 'm', 1);
    // The client watches for silence by a timer of its own; the broker would need a second one.
    expect(timers() - before).toBeLessThanOrEqual(1);
    await other.close();
  });

  it('carry ten thousand messages in order', async () => {
    const sent = await client.sendNumbered('q', 'm', 10_000);
    const received: unknown[] = [];
    while (received.length < sent.length) received.push(...ids(await client.receive('q', 500)));
    expect(received).toEqual(sent);
  });
});
