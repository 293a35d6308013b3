import type { Duplex } from 'node:stream';
import rhea, { type Connection, type EventContext } from 'rhea';
import type { Credentials } from '../../brokers/broker-secrets.ts';
import { AccessDenied, type DrError, NotFound, ServiceUnavailable } from '../../runtime/errors.ts';
import { gatherWrites, sendEmptyFrame } from './rhea-transactions.ts';

/**
 * Budget of one answer of the broker. Healthy ones need milliseconds; the longest honest one is that of a link that
 * gives back 100,000 messages, some ten seconds (docs/adr/0014-queue-walk.md).
 */
const answerTimeoutMs = 30_000;

/** An error as AMQP carries it. */
interface AmqpError {
  readonly condition?: string;
  readonly description?: string;
  readonly message?: string;
}

const sentence = ({ condition, description, message }: AmqpError): string =>
  [condition, description ?? message].filter(Boolean).join(': ') || 'no reason given';

/** Gives an AMQP error the name that the workflows know. */
const translated = (what: string, error: AmqpError | undefined): DrError => {
  const text = `${what}: ${error === undefined ? 'the broker closed it' : sentence(error)}`;
  switch (error?.condition) {
    case 'amqp:unauthorized-access':
    case 'amqp:not-allowed':
      return new AccessDenied(text);
    case 'amqp:not-found':
      return new NotFound(text);
    default:
      return new ServiceUnavailable(text);
  }
};

/**
 * One AMQP connection of a walk. rhea's own reconnecting is off: what is under way when a connection is lost has an
 * unknown outcome, and what it held has gone back to the queue.
 */
export class WalkConnection {
  readonly connection: Connection;
  readonly #stream: Duplex;
  readonly #lost = Promise.withResolvers<never>();
  #error: DrError | undefined;
  #closing = false;

  private constructor(stream: Duplex, { username, password }: Credentials) {
    this.#stream = stream;
    this.#lost.promise.catch(() => {});
    const container = rhea.create_container();
    const fail = (what: string, error: AmqpError | undefined): void => this.#fail(translated(what, error));
    container.on('connection_error', ({ error, connection }: EventContext) =>
      fail('the AMQP connection', (error ?? connection.error) as AmqpError | undefined),
    );
    container.on('connection_close', () => fail('the AMQP connection', undefined));
    container.on('session_error', ({ session }: EventContext) => fail('an AMQP session', session?.error as AmqpError));
    container.on('receiver_error', ({ receiver }: EventContext) =>
      fail('a link that receives', receiver?.error as AmqpError | undefined),
    );
    container.on('sender_error', ({ sender }: EventContext) =>
      fail('a link that sends', sender?.error as AmqpError | undefined),
    );
    container.on('disconnected', ({ error }: EventContext) =>
      fail('the AMQP connection', error ?? { message: 'lost' }),
    );
    for (const event of ['protocol_error', 'error'] as const) {
      container.on(event, (error: Error) => fail('the AMQP connection', { message: error.message }));
    }
    stream.once('close', () => fail('the AMQP connection', { message: 'its stream closed' }));
    this.connection = container.connect({
      username,
      password,
      reconnect: false,
      idle_time_out: 0,
      host: 'broker',
      port: 0,
      connection_details: () => ({
        host: 'broker',
        port: 0,
        connect: (_port: number, _host: string, _options: unknown, connected: () => void): Duplex => {
          process.nextTick(connected);
          return stream;
        },
      }),
    });
    gatherWrites(this.connection, stream);
    stream.on('data', () => {
      if (this.connection.is_open()) sendEmptyFrame(this.connection);
    });
  }

  /**
   * Opens a connection on a stream.
   *
   * @throws AccessDenied for refused credentials, ServiceUnavailable
   */
  static async open(stream: Duplex, credentials: Credentials): Promise<WalkConnection> {
    const opened = new WalkConnection(stream, credentials);
    await opened.answer('opening the AMQP connection', (done) => opened.connection.once('connection_open', done));
    return opened;
  }

  /** Why the connection is of no use any more; undefined while it is. */
  get error(): DrError | undefined {
    return this.#error;
  }

  /**
   * Resolves when `listen`'s callback is called. What the broker does not answer in time leaves the connection unusable.
   *
   * @throws AccessDenied, NotFound or ServiceUnavailable when the connection is lost or the broker says nothing
   */
  async answer<T>(what: string, listen: (done: (value: T) => void) => void, timeoutMs = answerTimeoutMs): Promise<T> {
    if (this.#error !== undefined) throw this.#error;
    const answered = Promise.withResolvers<T>();
    listen(answered.resolve);
    // Wall time on purpose: it bounds a broker that keeps a connection open and says nothing.
    const timeout = AbortSignal.timeout(timeoutMs);
    const giveUp = (): void => {
      this.abort(new ServiceUnavailable(`${what}: no answer within ${timeoutMs} ms`));
    };
    timeout.addEventListener('abort', giveUp);
    try {
      return await Promise.race([answered.promise, this.#lost.promise]);
    } finally {
      timeout.removeEventListener('abort', giveUp);
    }
  }

  /** Closes the connection; links that are still attached would count as failed deliveries. */
  async close(): Promise<void> {
    if (this.#error !== undefined) return;
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#stream.once('close', resolve));
    this.connection.close();
    // rhea ends the stream when the broker has answered.
    await Promise.race([closed, this.#lost.promise]).catch(() => {});
    this.#stream.destroy();
  }

  /** Breaks off without a word. */
  abort(error: DrError): void {
    this.#fail(error);
    this.#stream.destroy();
  }

  #fail(error: DrError): void {
    this.#error ??= this.#closing ? new ServiceUnavailable('the AMQP connection is closed') : error;
    this.#lost.reject(this.#error);
  }
}
