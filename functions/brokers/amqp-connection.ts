import type { Duplex } from 'node:stream';
import rhea, { type Connection, type EventContext } from 'rhea';
import { AccessDenied, type DrError, NotFound, ServiceUnavailable } from '../runtime/errors.ts';
import type { Credentials } from './broker-secrets.ts';

/** An error as AMQP carries it, or as a socket raises it. */
interface AmqpError {
  readonly condition?: string;
  readonly description?: string;
  readonly message?: string;
}

/** Gives what the broker said the name that the workflows know; `details` holds the AMQP condition. */
const lossOf = (what: string, cause: unknown): DrError => {
  const { condition, description, message } = (cause ?? { message: 'the broker closed it' }) as AmqpError;
  const sentence = [condition, description ?? message].filter(Boolean).join(': ') || 'no reason given';
  const details = condition === undefined ? {} : { condition };
  switch (condition) {
    case 'amqp:unauthorized-access':
    case 'amqp:not-allowed':
      return new AccessDenied(`${what}: ${sentence}`, details);
    case 'amqp:not-found':
      return new NotFound(`${what}: ${sentence}`, details);
    default:
      return new ServiceUnavailable(`${what}: ${sentence}`, details);
  }
};

export interface AmqpConnectionOptions {
  /** Name of the client; a random one by default. */
  readonly containerId?: string;
  /** How long the peer may be silent, milliseconds; forever by default. */
  readonly idleTimeoutMs?: number;
}

/**
 * An AMQP 1.0 client on a stream that is open already. It hears everything that ends its work: the connection, its
 * sessions and links, and the stream. rhea's own reconnecting is off, because it drops sends under way without an event.
 */
export class AmqpConnection {
  readonly connection: Connection;
  readonly #stream: Duplex;
  /** Rejects whoever waits for an answer. A promise that all of them race with would keep each of them for its own life. */
  readonly #waiting = new Set<(error: DrError) => void>();
  #error: DrError | undefined;

  constructor(
    stream: Duplex,
    { username, password }: Credentials,
    { containerId, idleTimeoutMs = 0 }: AmqpConnectionOptions = {},
  ) {
    this.#stream = stream;
    const container = rhea.create_container(containerId === undefined ? {} : { id: containerId });
    const hear = (event: string, what: string, errorOf: (context: EventContext) => unknown): void => {
      container.on(event, (context: EventContext) => this.#fail(what, errorOf(context)));
    };
    const whole = 'the AMQP connection';
    hear('connection_error', whole, ({ error, connection }) => error ?? connection.error);
    hear('connection_close', whole, () => undefined);
    hear('disconnected', whole, ({ error }) => error ?? { message: 'lost' });
    hear('session_error', 'an AMQP session', ({ session }) => session?.error);
    hear('sender_error', 'a link that sends', ({ sender }) => sender?.error);
    hear('receiver_error', 'a link that receives', ({ receiver }) => receiver?.error);
    for (const event of ['protocol_error', 'error']) container.on(event, (error: Error) => this.#fail(whole, error));
    stream.once('close', () => this.#fail(whole, { message: 'its stream closed' }));
    const host = { host: 'broker', port: 5671 };
    this.connection = container.connect({
      ...host,
      username,
      password,
      reconnect: false,
      idle_time_out: idleTimeoutMs,
      connection_details: () => ({
        ...host,
        connect: (_port: number, _host: string, _options: unknown, connected: () => void): Duplex => {
          process.nextTick(connected);
          return stream;
        },
      }),
    });
  }

  /** Why the connection is of no use any more; undefined while it is. */
  get error(): DrError | undefined {
    return this.#error;
  }

  /**
   * Resolves when `listen`'s callback is called. What was under way when the connection is lost has an unknown outcome.
   *
   * @throws AccessDenied, NotFound or ServiceUnavailable as soon as the connection is lost
   */
  async answer<T>(listen: (done: (value: T) => void) => void): Promise<T> {
    if (this.#error !== undefined) throw this.#error;
    const answered = Promise.withResolvers<T>();
    this.#waiting.add(answered.reject);
    try {
      listen(answered.resolve);
      return await answered.promise;
    } finally {
      this.#waiting.delete(answered.reject);
    }
  }

  close(): void {
    if (this.#error === undefined) this.connection.close();
  }

  /** Breaks off without a word, as a process does that dies; the connection is of no use any more because of `reason`. */
  abort(reason: string): void {
    this.#fail('the AMQP connection', { message: reason });
    this.#stream.destroy();
  }

  #fail(what: string, cause: unknown): void {
    this.#error ??= lossOf(what, cause);
    for (const reject of this.#waiting) reject(this.#error);
  }
}
