import type { Duplex } from 'node:stream';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import type { Clock } from '../../functions/runtime/clock.ts';

/** The connection ended, or the broker refused the link: whatever was under way has an unknown outcome. */
export class AmqpDisconnectedError extends Error {
  override readonly name = 'AmqpDisconnectedError';

  constructor(reason: string) {
    super(`AMQP connection lost: ${reason}`);
  }
}

/** User of the broker that the application connects as. */
export interface BrokerCredentials {
  readonly username: string;
  readonly password: string;
}

/** What an application client needs to talk to one queue of one broker. */
export interface AmqpClientOptions {
  readonly clock: Clock;
  readonly credentials: BrokerCredentials;
  readonly queue: string;
  /** Name of the client, for the AMQP container id. */
  readonly name: string;
  /** Virtual milliseconds that an answer may take. */
  readonly timeoutMs: number;
}

/**
 * One connection with one session and one link: a link without credit blocks its session, so links do not share one.
 * rhea's own reconnecting is off, because it drops sends under way without an event.
 */
export class AmqpConnection {
  readonly connection: Connection;
  readonly #stream: Duplex;
  readonly #lost = Promise.withResolvers<never>();
  #error: AmqpDisconnectedError | undefined;

  constructor(stream: Duplex, options: AmqpClientOptions) {
    this.#stream = stream;
    this.#lost.promise.catch(() => {});
    const fail = (reason: string): void => {
      this.#error ??= new AmqpDisconnectedError(reason);
      this.#lost.reject(this.#error);
    };
    const container = rhea.create_container({ id: options.name });
    const connectOptions: ConnectionOptions = {
      reconnect: false,
      username: options.credentials.username,
      password: options.credentials.password,
      idle_time_out: 0,
      host: 'broker',
      port: 5671,
      connection_details: () => ({
        host: 'broker',
        port: 5671,
        connect: (_port: number, _host: string, _options: unknown, connected: () => void): Duplex => {
          process.nextTick(connected);
          return stream;
        },
      }),
    };
    container.on('connection_error', ({ error, connection }: EventContext) =>
      fail(describe(error ?? connection.error)),
    );
    container.on('connection_close', () => fail('the broker closed it'));
    container.on('session_error', () => fail('the broker ended the session'));
    container.on('sender_error', ({ sender }: EventContext) => fail(describe(sender?.error)));
    container.on('receiver_error', ({ receiver }: EventContext) => fail(describe(receiver?.error)));
    container.on('disconnected', ({ error }: EventContext) => fail(describe(error)));
    container.on('protocol_error', (error: Error) => fail(error.message));
    container.on('error', (error: Error) => fail(error.message));
    stream.once('close', () => fail('the stream closed'));
    this.connection = container.connect(connectOptions);
  }

  get isLost(): boolean {
    return this.#error !== undefined;
  }

  /** @throws AmqpDisconnectedError as soon as the connection is lost */
  async unlessLost<T>(work: Promise<T>): Promise<T> {
    return await Promise.race([work, this.#lost.promise]);
  }

  close(): void {
    if (this.isLost) return;
    this.connection.close();
  }

  /** Breaks off without a word, as a process does that dies. */
  abort(): void {
    this.#stream.destroy();
  }
}

const describe = (error: unknown): string => {
  if (error === undefined || error === null) return 'no reason given';
  if (typeof error !== 'object') return String(error);
  const { condition, description, message } = error as { condition?: string; description?: string; message?: string };
  return [condition, description ?? message].filter(Boolean).join(': ') || 'no reason given';
};
