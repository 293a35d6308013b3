import type { Duplex } from 'node:stream';
import rhea, { type Connection, type EventContext } from 'rhea';
import { describe, expect, it } from 'vitest';
import { AmqpConnection } from '../../../functions/brokers/amqp-connection.ts';
import { DrError } from '../../../functions/runtime/errors.ts';
import { memoryConnection } from '../../../simulator/world/broker/duplex-pair.ts';
import { serverConnection } from '../../../simulator/world/broker/rhea-internals.ts';

const credentials = { username: 'app', password: 'app-password' };
const refusal = { condition: 'amqp:internal-error', description: 'the disk is full' };

/** A client with a link of each kind, and the broker that it talks to. */
const connect = (onServer: (connection: Connection, stream: Duplex) => void): AmqpConnection => {
  const [client, server] = memoryConnection();
  const container = rhea.create_container();
  container.sasl_server_mechanisms.enable_plain(
    (_user: string | null, given: string | null) => given === 'app-password',
  );
  for (const event of ['disconnected', 'connection_error', 'protocol_error', 'error']) container.on(event, () => {});
  const connection = serverConnection(container, 'broker');
  onServer(connection, server);
  connection.accept(server);
  const amqp = new AmqpConnection(client, credentials);
  amqp.connection.open_sender({ target: { address: 'orders' } });
  amqp.connection.open_receiver({ source: { address: 'orders' } });
  return amqp;
};

/** What a client that waits for an answer learns instead. */
const lossOf = async (amqp: AmqpConnection): Promise<DrError> => {
  const lost = await amqp.answer(() => {}).catch((error: unknown) => error);
  if (!(lost instanceof DrError)) throw new Error('the connection was not lost');
  return lost;
};

describe('AmqpConnection', () => {
  it.each<[string, (connection: Connection, stream: Duplex) => void, string, string | undefined]>([
    [
      'its connection, with a reason',
      (connection) => connection.on('connection_open', () => connection.close(refusal)),
      'the AMQP connection: amqp:internal-error: the disk is full',
      'amqp:internal-error',
    ],
    [
      'its connection, without a word',
      (connection) => connection.on('connection_open', () => connection.close()),
      'the AMQP connection: the broker closed it',
      undefined,
    ],
    [
      'a session',
      (connection) => connection.on('session_open', ({ session }: EventContext) => session?.close(refusal)),
      'an AMQP session: amqp:internal-error: the disk is full',
      'amqp:internal-error',
    ],
    [
      'a link that sends',
      (connection) => connection.on('receiver_open', ({ receiver }: EventContext) => receiver?.close(refusal)),
      'a link that sends: amqp:internal-error: the disk is full',
      'amqp:internal-error',
    ],
    [
      'a link that receives',
      (connection) => connection.on('sender_open', ({ sender }: EventContext) => sender?.close(refusal)),
      'a link that receives: amqp:internal-error: the disk is full',
      'amqp:internal-error',
    ],
    [
      'the stream',
      (connection, stream) => connection.on('connection_open', () => stream.destroy()),
      'the AMQP connection: lost',
      undefined,
    ],
  ])('hears the end of %s', async (_what, onServer, message, condition) => {
    const amqp = connect(onServer);
    expect(await lossOf(amqp)).toMatchObject({
      name: 'ServiceUnavailable',
      message,
      details: condition === undefined ? {} : { condition },
    });
    expect(amqp.error?.message).toBe(message);
    // Whoever asks later learns it at once.
    expect((await lossOf(amqp)).message).toBe(message);
  });

  it('hears that its user is refused, and does not repeat the password', async () => {
    const [client, server] = memoryConnection();
    const container = rhea.create_container();
    container.sasl_server_mechanisms.enable_plain(() => false);
    for (const event of ['disconnected', 'connection_error']) container.on(event, () => {});
    serverConnection(container, 'broker').accept(server);
    const lost = await lossOf(new AmqpConnection(client, credentials));
    expect(lost).toMatchObject({ name: 'AccessDenied', details: { condition: 'amqp:unauthorized-access' } });
    expect(lost.message).not.toContain('app-password');
  });

  it('breaks off at once, with the reason that it is given', async () => {
    const amqp = connect(() => {});
    const waiting = lossOf(amqp);
    amqp.abort('no answer within 5 ms');
    expect((await waiting).message).toBe('the AMQP connection: no answer within 5 ms');
  });

  it('takes an answer that came before the loss', async () => {
    const amqp = connect(() => {});
    await amqp.answer((done) => amqp.connection.once('connection_open', done));
    expect(amqp.error).toBeUndefined();
    amqp.close();
  });
});
