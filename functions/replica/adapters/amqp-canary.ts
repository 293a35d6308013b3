import type { Duplex } from 'node:stream';
import rhea, { type Connection, type EventContext } from 'rhea';
import { openActive } from '../../brokers/broker-endpoints.ts';
import { type Credentials, readCredentials } from '../../brokers/broker-secrets.ts';
import type { BrokerSnapshot } from '../../brokers/broker-snapshot.ts';
import type { PairConfig } from '../../config/pair-config.ts';
import type { Runtime } from '../../runtime/runtime.ts';

/** Budget of the whole exchange on an open connection; a healthy broker needs milliseconds. */
const exchangeTimeoutMs = 5_000;

/** What became of a canary; a failure is evidence, never an error of the run. */
export type CanaryResult = 'sent' | `taken: ${number}` | `failed: ${string}`;

type CanarySettings = NonNullable<PairConfig['canary']>;

/**
 * Puts one message on the canary queue of a primary, so that even an idle pair has an event to carry. It stays there
 * until `takeCanaries`: a message that is sent and acknowledged at once never crosses. docs/amazon-mq.md 3.
 *
 * @throws errors of reading the secret
 */
export const sendCanary = (
  runtime: Runtime,
  primary: BrokerSnapshot,
  settings: CanarySettings,
): Promise<CanaryResult> =>
  overConnection(runtime, primary, settings, async (connection) => {
    await sendOne(connection, settings.queue);
    return 'sent';
  });

/** Takes every canary off the queue, those of killed attempts as well, and counts them. @throws as `sendCanary` */
export const takeCanaries = (
  runtime: Runtime,
  primary: BrokerSnapshot,
  settings: CanarySettings,
): Promise<CanaryResult> =>
  overConnection(
    runtime,
    primary,
    settings,
    async (connection) => `taken: ${await drain(connection, settings.queue)}` as const,
  );

const overConnection = async (
  runtime: Runtime,
  primary: BrokerSnapshot,
  settings: CanarySettings,
  exchange: (connection: Connection) => Promise<CanaryResult>,
): Promise<CanaryResult> => {
  const credentials = await readCredentials(runtime, settings.secretArn);
  const opened = await openActive(runtime, primary);
  if (opened.state !== 'accepts') return `failed: the primary's AMQP endpoints answered "${opened.state}"`;
  const connection = connectOver(opened.stream, credentials);
  try {
    return await exchange(connection);
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

/** Resolves with what `work` gives, unless the connection is lost or the broker says nothing for too long. */
const answered = <T>(
  connection: Connection,
  what: string,
  work: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const lost = ({ connection: { error } }: EventContext): void => {
      reject(new Error(`${what}: ${error === undefined ? 'the broker closed the connection' : String(error)}`));
    };
    // Wall time on purpose: it bounds a broker that accepts a connection and then says nothing.
    AbortSignal.timeout(exchangeTimeoutMs).addEventListener('abort', () => {
      reject(new Error(`${what}: no answer within ${exchangeTimeoutMs} ms`));
    });
    connection.on('connection_close', lost);
    connection.on('disconnected', lost);
    work(resolve, reject);
  });

const sendOne = (connection: Connection, queue: string): Promise<void> =>
  answered(connection, 'sending a canary', (resolve, reject) => {
    const sender = connection.open_sender({ target: { address: queue } });
    sender.once('sendable', () => {
      sender.send({ message_id: `mq-dr-canary-${connection.container_id}`, durable: true, body: 'canary' });
    });
    sender.once('accepted', () => resolve());
    sender.once('rejected', () => reject(new Error('the broker rejected the canary')));
  });

/** More canaries than killed attempts can have left; what remains is taken by the next run. */
const drainCredit = 100;

const drain = (connection: Connection, queue: string): Promise<number> =>
  answered(connection, 'taking canaries', (resolve) => {
    let taken = 0;
    const receiver = connection.open_receiver({ source: { address: queue }, autoaccept: true, credit_window: 0 });
    receiver.on('message', () => {
      taken += 1;
    });
    receiver.once('receiver_open', () => {
      receiver.drain = true;
      receiver.add_credit(drainCredit);
    });
    receiver.once('receiver_drained', () => resolve(taken));
  });
