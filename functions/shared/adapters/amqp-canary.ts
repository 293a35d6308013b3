import type { Duplex } from 'node:stream';
import rhea, { type Connection, type EventContext } from 'rhea';
import type { BrokerSnapshot } from '../broker-snapshot.ts';
import type { PairConfig } from '../pair-config.ts';
import type { Runtime } from '../runtime.ts';
import { openActive } from './broker-endpoints.ts';
import { type Credentials, readCredentials } from './broker-secrets.ts';

/** Budget of the whole exchange on an open connection; a healthy broker needs milliseconds. */
const exchangeTimeoutMs = 5_000;

/** What became of a canary; anything but `delivered` is evidence, never an error of the run. */
export type CanaryResult = 'delivered' | `failed: ${string}`;

/**
 * Sends one message to the canary queue of a primary and takes it off again, so that replication has an event to
 * carry and nothing stays behind. Older canaries left by a killed attempt are taken off as well.
 *
 * @throws errors of reading the secret
 */
export const sendCanary = async (
  runtime: Runtime,
  primary: BrokerSnapshot,
  settings: NonNullable<PairConfig['canary']>,
): Promise<CanaryResult> => {
  const credentials = await readCredentials(runtime, settings.secretArn);
  const opened = await openActive(runtime, primary);
  if (opened.state !== 'accepts') return `failed: the primary's AMQP endpoints answered "${opened.state}"`;
  const connection = connectOver(opened.stream, credentials);
  try {
    await exchange(connection, settings.queue);
    return 'delivered';
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    connection.close();
    opened.stream.end();
  }
};

const connectOver = (stream: Duplex, { username, password }: Credentials): Connection => {
  const container = rhea.create_container();
  // An AMQP error without a listener would be thrown from the socket's event.
  for (const event of ['connection_error', 'session_error', 'error'] as const) container.on(event, () => {});
  return container.connect({
    username,
    password,
    // A canary is tried once; in-flight messages would be lost silently on a reconnect.
    reconnect: false,
    idle_time_out: 0,
    host: 'primary',
    port: 0,
    connection_details: () => ({
      host: 'primary',
      port: 0,
      connect: (_port: number, _host: string, _options: unknown, connected: () => void) => {
        process.nextTick(connected);
        return stream;
      },
    }),
  });
};

const exchange = (connection: Connection, queue: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const id = `mq-dr-canary-${connection.container_id}`;
    const fail = ({ connection: { error } }: EventContext): void => {
      reject(new Error(error === undefined ? 'the broker closed the connection' : String(error)));
    };
    // Wall time on purpose: it bounds a broker that accepts a connection and then says nothing.
    AbortSignal.timeout(exchangeTimeoutMs).addEventListener('abort', () => {
      reject(new Error(`no canary came back within ${exchangeTimeoutMs} ms`));
    });
    connection.on('connection_close', fail);
    connection.on('disconnected', fail);
    const sender = connection.open_sender({ target: { address: queue } });
    sender.once('sendable', () => sender.send({ message_id: id, durable: true, body: 'canary' }));
    sender.once('rejected', () => reject(new Error('the broker rejected the canary')));
    sender.once('accepted', () => {
      const receiver = connection.open_receiver({ source: { address: queue }, autoaccept: true, credit_window: 1 });
      receiver.on('message', ({ message }) => {
        if (message?.message_id === id) resolve();
      });
    });
  });
