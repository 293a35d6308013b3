import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../../functions/reconciliation/openwire/byte-writer.ts';
import { OpenWireConnection } from '../../../../functions/reconciliation/openwire/index.ts';
import type { OpenWireError } from '../../../../functions/reconciliation/openwire/openwire-errors.ts';
import { structureTypes as types } from '../../../../functions/reconciliation/openwire/structure-types.ts';
import { wireFormatInfo } from '../../../../functions/reconciliation/openwire/wire-format.ts';
import {
  closeConsumer,
  connectionError,
  connectTo,
  controlCommand,
  dispatch,
  FakeBroker,
  keepAlive,
  ManualTimeouts,
  options,
  type SentCommand,
  secret,
  settled,
  shutdown,
} from './fake-broker.ts';
import { recordedMessages } from './recorded-messages.ts';

const answerTimeoutMs = 30_000;
const keepAliveMs = 10_000;

const message = (index: number): Buffer => recordedMessages[index]?.bytes ?? Buffer.alloc(0);

/** The error that something ends with. */
const errorOf = async (promise: Promise<unknown>): Promise<OpenWireError> => {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  // Whatever happens, nobody reads the password or the user in an error.
  expect(`${JSON.stringify(error)} ${String(error)} ${String((error as Error).cause)}`).not.toMatch(
    new RegExp(`${secret}|a-user-name`),
  );
  return error as OpenWireError;
};

const nameOf = async (promise: Promise<unknown>): Promise<string> => (await errorOf(promise)).name;

describe('opening a connection', () => {
  it('negotiates, then names itself, then opens a session', async () => {
    const broker = new FakeBroker();
    const connection = await connectTo(broker, { maxFrameBytes: 5_000_000 });
    expect(broker.types).toEqual([types.connectionInfo, types.sessionInfo]);
    expect(connection.maxFrameBytes).toBe(5_000_000);
    // The client id is the connection's: a broker refuses a connection without one.
    expect(broker.commands[0]?.frame.toString('latin1').split('ID:unit').length).toBe(3);
  });

  it('takes the smaller of both limits for a frame', async () => {
    const broker = new FakeBroker();
    broker.negotiate({ maxFrameBytes: 2_000, maxInactivityMs: 0 });
    const connection = await OpenWireConnection.open(broker.client, options());
    expect(connection.maxFrameBytes).toBe(2_000);
  });

  it.each([
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['TLS', Buffer.from([0x15, 3, 3, 0, 2, 2, 0x28])],
    ['AMQP', Buffer.from([0, 0, 0, 8, ...Buffer.from('AMQP'), 0, 1, 0, 0])],
    ['another magic', Buffer.concat([Buffer.from([0, 0, 0, 13, 1]), Buffer.from('ActiveMR'), Buffer.alloc(4)])],
    ['nothing but a length', Buffer.from([0, 0, 0, 1, 1])],
  ])('to a peer that speaks %s ends with a hint', async (_what, bytes) => {
    const broker = new FakeBroker();
    broker.sendBytes(bytes);
    const error = await errorOf(OpenWireConnection.open(broker.client, options()));
    expect(error.name).toBe('UnsupportedWireFormat');
    expect(error.message).toContain('61617');
    expect(broker.client.destroyed).toBe(true);
  });

  it('to a broker with an older version is refused', async () => {
    const broker = new FakeBroker();
    const frame = Buffer.concat([Buffer.from([1]), Buffer.from('ActiveMQ'), Buffer.from([0, 0, 0, 11, 0])]);
    broker.send(frame);
    const error = await errorOf(OpenWireConnection.open(broker.client, options()));
    expect(error).toMatchObject({ name: 'UnsupportedWireFormat', message: expect.stringContaining('OpenWire 11') });
  });

  it('to a broker that says nothing ends in time', async () => {
    const timeouts = new ManualTimeouts();
    const broker = new FakeBroker();
    const opening = nameOf(OpenWireConnection.open(broker.client, options({ startTimeout: timeouts.start })));
    timeouts.pass(answerTimeoutMs);
    expect(await opening).toBe('NoAnswer');
    expect(broker.client.destroyed).toBe(true);
  });

  it.each(['java.lang.SecurityException', 'javax.jms.JMSSecurityException'])(
    'with credentials that the broker refuses with %s quotes neither',
    async (exception) => {
      const sentence = `User name [a-user-name] or password [${secret}] is invalid.`;
      const broker = new FakeBroker(() => ({ exception, sentence }));
      expect(await nameOf(connectTo(broker))).toBe('BrokerDeniedAccess');
      expect(broker.client.destroyed).toBe(true);
    },
  );
});

describe('a slow network', () => {
  it('gets the time it needs as long as it takes something, and no longer', async () => {
    const timeouts = new ManualTimeouts();
    const taken: (() => void)[] = [];
    const stream = new Duplex({ read: () => {}, write: (_bytes, _encoding, done) => void taken.push(done) });
    const opening = nameOf(OpenWireConnection.open(stream, options({ startTimeout: timeouts.start })));
    const negotiation = wireFormatInfo({ maxFrameBytes: 1_000_000, maxInactivityMs: 0 });
    stream.push(new ByteWriter().int(negotiation.length).raw(negotiation).finish());
    await settled();
    taken.shift()?.();
    await settled();
    timeouts.pass(answerTimeoutMs);
    expect(stream.destroyed).toBe(false);
    timeouts.pass(answerTimeoutMs);
    expect(await opening).toBe('NoAnswer');
    expect(stream.destroyed).toBe(true);
  });
});

describe('an open connection', () => {
  const opened = async (react?: (command: SentCommand) => 'answer' | 'silence') => {
    const timeouts = new ManualTimeouts();
    const broker = new FakeBroker(react);
    const connection = await connectTo(broker, { startTimeout: timeouts.start });
    return { timeouts, broker, connection };
  };

  it('answers a keep-alive that wants an answer, and no other', async () => {
    const { broker } = await opened();
    broker.send(keepAlive(false));
    await settled();
    expect(broker.commandsOf(types.keepAliveInfo)).toEqual([]);
    broker.send(keepAlive(true));
    await settled();
    expect(broker.commandsOf(types.keepAliveInfo)).toMatchObject([{ answerWanted: false }]);
  });

  it('says something when it had nothing to say, before the broker takes it for dead', async () => {
    const { broker, timeouts, connection } = await opened();
    timeouts.pass(keepAliveMs); // The session's opening was something.
    await settled();
    expect(broker.commandsOf(types.keepAliveInfo).length).toBe(0);
    timeouts.pass(keepAliveMs);
    await settled();
    expect(broker.commandsOf(types.keepAliveInfo).length).toBe(1);
    await connection.begin();
    timeouts.pass(keepAliveMs);
    await settled();
    expect(broker.commandsOf(types.keepAliveInfo).length).toBe(1);
  });

  it('takes a broker that is silent for the agreed time for dead, and no sooner', async () => {
    const { broker, timeouts, connection } = await opened();
    for (let turn = 0; turn < 3; turn++) timeouts.pass(keepAliveMs);
    broker.send(keepAlive(false));
    await settled();
    for (let turn = 0; turn < 4; turn++) timeouts.pass(keepAliveMs);
    expect(connection.error).toBeUndefined();
    timeouts.pass(keepAliveMs);
    expect(connection.error).toMatchObject({ name: 'ConnectionLost', message: expect.stringContaining('30000 ms') });
    expect(broker.client.destroyed).toBe(true);
  });

  it('sends no keep-alives to a broker that wants none', async () => {
    const timeouts = new ManualTimeouts();
    const broker = new FakeBroker();
    broker.negotiate({ maxFrameBytes: 1_000_000, maxInactivityMs: 0 });
    await OpenWireConnection.open(broker.client, options({ startTimeout: timeouts.start }));
    for (let turn = 0; turn < 5; turn++) timeouts.pass(keepAliveMs);
    await settled();
    expect(broker.commandsOf(types.keepAliveInfo)).toEqual([]);
  });

  it.each([
    ['in the middle of a frame', (broker: FakeBroker) => broker.sendBytes(Buffer.from([0, 0, 1, 0, 21])), 'middle'],
    ['between frames', () => {}, 'closed the connection'],
  ])('is lost when the broker ends %s', async (_where, before, text) => {
    const { broker, connection } = await opened();
    const consumer = await connection.consume({ queue: 'q', prefetch: 10 });
    const waiting = errorOf(consumer.arrival(60_000));
    before(broker);
    broker.end();
    expect(await waiting).toMatchObject({ name: 'ConnectionLost', message: expect.stringContaining(text) });
    expect(await nameOf(connection.consume({ queue: 'q', prefetch: 1 }))).toBe('ConnectionLost');
  });

  it('ends in time when the broker stops in the middle of a frame and keeps the stream open', async () => {
    const { broker, connection, timeouts } = await opened(({ type }) =>
      type === types.consumerInfo ? 'silence' : 'answer',
    );
    const consuming = nameOf(connection.consume({ queue: 'q', prefetch: 10 }));
    broker.sendBytes(Buffer.from([0, 1, 0, 0, 30, 0, 0]));
    await settled();
    timeouts.pass(answerTimeoutMs);
    expect(await consuming).toBe('NoAnswer');
  });

  it.each([
    ['a frame beyond the limit', Buffer.from([0x7f, 0xff, 0xff, 0xff]), 'FrameTooLarge'],
    ['a frame of no length', Buffer.from([0, 0, 0, 0]), 'MalformedFrame'],
    ['a command that no broker sends', Buffer.from([0, 0, 0, 6, 3, 0, 0, 0, 1, 0]), 'MalformedFrame'],
  ])('ends with %s', async (_what, bytes, name) => {
    const { broker, connection } = await opened();
    broker.sendBytes(bytes);
    await settled();
    expect(connection.error?.name).toBe(name);
    expect(broker.client.destroyed).toBe(true);
  });

  it.each([
    ['a shutdown', shutdown()],
    ['the command to shut down', controlCommand('shutdown')],
    ['the request to close', new ByteWriter().byte(18).int(1).boolean(false).boolean(true).boolean(false).finish()],
  ])('is lost with %s of the broker', async (_what, frame) => {
    const { broker, connection } = await opened();
    broker.send(frame);
    await settled();
    expect(connection.error?.name).toBe('ConnectionLost');
  });

  it('goes on after what concerns others: news of brokers, other commands, answers that nobody waits for', async () => {
    const { broker, connection } = await opened();
    const head = (type: number): ByteWriter => new ByteWriter().byte(type).int(1).boolean(false);
    const brokerInfo = head(types.brokerInfo).boolean(false).string('tcp://x').boolean(false).string('name');
    broker.send(
      brokerInfo.raw(Buffer.alloc(13)).boolean(false).boolean(false).finish(),
      controlCommand('reload'),
      head(types.response).int(4_711).finish(),
      head(types.connectionControl)
        .raw(Buffer.alloc(5))
        .boolean(false)
        .boolean(false)
        .boolean(false)
        .boolean(false)
        .finish(),
      head(types.producerAck).boolean(false).int(5).finish(),
      dispatch(99, message(0)),
    );
    await connection.consume({ queue: 'q', prefetch: 1 });
    expect(connection.error).toBeUndefined();
  });

  it('does nothing more once the broker reports an error, and quotes no message in it', async () => {
    const { broker, connection } = await opened();
    const consumer = await connection.consume({ queue: 'q', prefetch: 1 });
    const waiting = errorOf(consumer.arrival(60_000));
    broker.send(
      connectionError({
        exception: 'javax.jms.JMSException',
        sentence: `Unmatched: ActiveMQTextMessage {text = ${secret}}`,
      }),
    );
    expect(await waiting).toMatchObject({
      name: 'BrokerReportedError',
      message: 'the broker reported javax.jms.JMSException: Unmatched: ActiveMQTextMessage',
    });
    expect(await nameOf(connection.begin())).toBe('BrokerReportedError');
  });

  it('tells a refusal from a failure, and stays usable after it', async () => {
    const timeouts = new ManualTimeouts();
    const broker = new FakeBroker(({ type }) =>
      type === types.consumerInfo ? { exception: 'javax.jms.InvalidSelectorException', sentence: 'bad' } : 'answer',
    );
    const connection = await connectTo(broker, { startTimeout: timeouts.start });
    const error = await errorOf(connection.consume({ queue: 'q', prefetch: 1, selector: 'x' }));
    expect(error).toMatchObject({
      name: 'BrokerRefused',
      details: { exception: 'javax.jms.InvalidSelectorException' },
    });
    expect(connection.error).toBeUndefined();
  });

  it.each(['', 'a,b', 'a.*', 'a.>', 'a?consumer.exclusive=true'])('takes "%s" for no queue', async (queue) => {
    const { connection } = await opened();
    expect(await nameOf(connection.consume({ queue, prefetch: 1 }))).toBe('InvalidUse');
  });

  it('closes in order: what it has is removed without counting a delivery, then goodbye', async () => {
    const { broker, connection } = await opened();
    await connection.close();
    expect(broker.types.slice(-2)).toEqual([types.removeInfo, types.shutdownInfo]);
    const [removal] = broker.commandsOf(types.removeInfo);
    expect(removal?.frame.readBigInt64BE(removal.frame.length - 8)).toBe(0n);
    expect(broker.client.destroyed).toBe(true);
    expect(await nameOf(connection.begin())).toBe('ConnectionLost');
  });

  it('closes also when the broker does not answer', async () => {
    const { broker, connection, timeouts } = await opened(({ type }) =>
      type === types.removeInfo ? 'silence' : 'answer',
    );
    const closing = connection.close();
    await settled();
    timeouts.pass(answerTimeoutMs);
    await closing;
    expect(broker.client.destroyed).toBe(true);
  });
});

describe('a consumer', () => {
  const consuming = async (settings = {}) => {
    const timeouts = new ManualTimeouts();
    const broker = new FakeBroker();
    const connection = await connectTo(broker, { startTimeout: timeouts.start });
    const consumer = await connection.consume({ queue: 'q', prefetch: 10, ...settings });
    return { timeouts, broker, connection, consumer };
  };

  const filled = async (count: number) => {
    const all = await consuming();
    all.broker.send(...Array.from({ length: count }, (_, index) => dispatch(1, message(index % 12), index)));
    await settled();
    return { ...all, deliveries: all.consumer.take() };
  };

  /** Types and counts of the acknowledgements that a broker got. */
  const acknowledged = (broker: FakeBroker) =>
    broker.commandsOf(types.messageAck).map(({ frame }) => ({
      count: frame.readInt32BE(frame.length - 5),
      transacted: frame.includes(Buffer.from([1, types.localTransactionId])),
    }));

  it('gets its messages in order, with the deliveries before', async () => {
    const { deliveries, consumer } = await filled(5);
    expect(deliveries.map(({ ordinal, redeliveries }) => [ordinal, redeliveries])).toEqual(
      [0, 1, 2, 3, 4].map((index) => [index, index]),
    );
    expect(deliveries[1]?.message.messageId).toBe(recordedMessages[1]?.known.id);
    expect(consumer.heldCount).toBe(5);
    expect(consumer.take()).toEqual([]);
  });

  it('says whether something arrived, the end was reached or nothing came', async () => {
    const { broker, consumer, timeouts } = await consuming({ browse: true });
    const first = consumer.arrival(77);
    timeouts.pass(77);
    expect(await first).toBe('quiet');
    const second = consumer.arrival(77);
    broker.send(dispatch(1, message(0)), dispatch(1, undefined));
    expect(await second).toBe('arrived');
    await settled();
    expect(await consumer.arrival(77)).toBe('arrived');
    consumer.take();
    expect(await consumer.arrival(77)).toBe('end');
    const last = consumer.arrival(77);
    timeouts.pass(77);
    expect(await last).toBe('quiet');
  });

  it('acknowledges what follows each other in ranges, and the rest one by one', async () => {
    const { broker, connection, consumer, deliveries } = await filled(8);
    const transaction = await connection.begin();
    consumer.acknowledge(
      deliveries.filter(({ ordinal }) => [0, 1, 2, 4, 6, 7].includes(ordinal)).reverse(),
      transaction,
    );
    await settled();
    expect(acknowledged(broker)).toEqual([
      { count: 3, transacted: true },
      { count: 1, transacted: true },
      { count: 2, transacted: true },
    ]);
    expect(consumer.heldCount).toBe(2);
  });

  it('needs no message for an acknowledgement', async () => {
    const { broker, connection, consumer, deliveries } = await filled(3);
    const light = deliveries.map((delivery) => delivery.withoutMessage());
    expect(light[1]?.encodedId.equals(deliveries[1]?.encodedId ?? Buffer.alloc(0))).toBe(true);
    consumer.acknowledge(light, await connection.begin());
    await settled();
    expect(acknowledged(broker)).toEqual([{ count: 3, transacted: true }]);
  });

  it('refuses what it does not hold, before anything is sent', async () => {
    const { broker, connection, consumer, deliveries } = await filled(3);
    const [first, second] = deliveries;
    if (first === undefined || second === undefined) throw new Error('nothing arrived');
    const transaction = await connection.begin();
    consumer.acknowledge([first], transaction);
    expect(() => consumer.acknowledge([first], transaction)).toThrow('not held');
    expect(() => consumer.acknowledge([second, second], transaction)).toThrow('not held');
    expect(() => consumer.acknowledge([{ ordinal: 99, encodedId: first.encodedId }], transaction)).toThrow('not held');
    expect(() => consumer.extendWindow(first, 1)).toThrow('not held');
    await settled();
    expect(acknowledged(broker).length).toBe(1);
    // After a rollback it is held again.
    await transaction.rollback();
    consumer.acknowledge([first], undefined);
    await settled();
    expect(acknowledged(broker)).toEqual([
      { count: 1, transacted: true },
      { count: 1, transacted: false },
    ]);
  });

  it('pulls only with a prefetch of 0', async () => {
    const { broker, consumer } = await consuming({ prefetch: 0 });
    consumer.pull(3, -1);
    await settled();
    expect(broker.commandsOf(types.messagePull).length).toBe(3);
    const { consumer: other } = await consuming();
    expect(() => other.pull(1, -1)).toThrow('ignores pulls');
  });

  it('changes its prefetch', async () => {
    const { broker, consumer } = await consuming();
    consumer.setPrefetch(1_234);
    await settled();
    const [command] = broker.commandsOf(types.consumerControl);
    expect(command?.frame.readInt32BE(command.frame.length - 7)).toBe(1_234);
  });

  it('ends when the broker closes it, and its connection goes on', async () => {
    const { broker, connection, consumer } = await consuming();
    const waiting = nameOf(consumer.arrival(60_000));
    broker.send(closeConsumer(1));
    expect(await waiting).toBe('ConsumerClosed');
    expect(connection.error).toBeUndefined();
  });

  it('returns what it holds without counting a delivery', async () => {
    const { broker, consumer } = await filled(3);
    await consumer.close();
    const [command] = broker.commandsOf(types.removeInfo);
    expect(command?.frame.readBigInt64BE(command.frame.length - 8)).toBe(0n);
    expect(consumer.heldCount).toBe(0);
  });
});
