import type { Duplex } from 'node:stream';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type Delivery,
  type EventContext,
  type Receiver,
  type Sender,
} from 'rhea';
import type { Clock } from '../../functions/shared/clock.ts';
import { answerWithin } from './answer-within.ts';

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

/** How a broker answered a send. */
export type SendResult = 'accepted' | 'rejected' | 'released';

/** A message as the application sees it. */
export interface ReceivedMessage {
  /** The AMQP message-id as text; empty when there is none. */
  readonly id: string;
  /** Acknowledges; resolves once the broker has settled it. @throws AmqpDisconnectedError */
  accept(): Promise<void>;
}

/**
 * One connection with one session and one link: a link without credit blocks its session, so links do not share one.
 * rhea's own reconnecting is off, because it drops sends under way without an event.
 */
class AmqpConnection {
  readonly connection: Connection;
  readonly #lost = Promise.withResolvers<never>();
  #error: AmqpDisconnectedError | undefined;

  constructor(stream: Duplex, options: AmqpClientOptions) {
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
}

const describe = (error: unknown): string => {
  if (error === undefined || error === null) return 'no reason given';
  if (typeof error !== 'object') return String(error);
  const { condition, description, message } = error as { condition?: string; description?: string; message?: string };
  return [condition, description ?? message].filter(Boolean).join(': ') || 'no reason given';
};

/** Sends durable messages to one queue and learns each one's outcome. */
export class AmqpSender {
  readonly #options: AmqpClientOptions;
  readonly #connection: AmqpConnection;
  readonly #sender: Sender;
  readonly #outcomes = new Map<Delivery, (result: SendResult) => void>();

  private constructor(options: AmqpClientOptions, connection: AmqpConnection) {
    this.#options = options;
    this.#connection = connection;
    this.#sender = connection.connection.open_sender({ target: { address: options.queue } });
    const settle =
      (result: SendResult) =>
      ({ delivery }: EventContext): void => {
        if (delivery === undefined) return;
        this.#outcomes.get(delivery)?.(result);
        this.#outcomes.delete(delivery);
      };
    this.#sender.on('accepted', settle('accepted'));
    this.#sender.on('rejected', settle('rejected'));
    // rhea reports `modified` as released too.
    this.#sender.on('released', settle('released'));
  }

  /**
   * Resolves when the broker has given the link credit.
   *
   * @throws AmqpDisconnectedError the broker refused user, queue or link
   * @throws NoAnswerError
   */
  static async open(stream: Duplex, options: AmqpClientOptions): Promise<AmqpSender> {
    const connection = new AmqpConnection(stream, options);
    const sender = new AmqpSender(options, connection);
    await sender.#credit();
    return sender;
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /**
   * Sends one durable message.
   *
   * @throws AmqpDisconnectedError | NoAnswerError the outcome is unknown
   */
  async send(id: string, body: string): Promise<SendResult> {
    await this.#credit();
    const outcome = Promise.withResolvers<SendResult>();
    const delivery = this.#sender.send({ message_id: id, durable: true, body });
    this.#outcomes.set(delivery, outcome.resolve);
    const { clock, timeoutMs } = this.#options;
    return await answerWithin(clock, `send of ${id}`, this.#connection.unlessLost(outcome.promise), timeoutMs);
  }

  close(): void {
    this.#connection.close();
  }

  async #credit(): Promise<void> {
    if (this.#sender.sendable() && !this.isLost) return;
    const sendable = new Promise<void>((resolve) => this.#sender.once('sendable', () => resolve()));
    const { clock, timeoutMs, queue } = this.#options;
    await answerWithin(clock, `credit for ${queue}`, this.#connection.unlessLost(sendable), timeoutMs);
  }
}

/** Pulls messages from one queue by credit and acknowledges each one explicitly. */
export class AmqpReceiver {
  readonly #options: AmqpClientOptions;
  readonly #connection: AmqpConnection;
  readonly #receiver: Receiver;
  readonly #settled = new Map<Delivery, () => void>();
  #arrived: ReceivedMessage[] = [];
  #onProgress: () => void = () => {};
  #drained = false;

  private constructor(options: AmqpClientOptions, connection: AmqpConnection) {
    this.#options = options;
    this.#connection = connection;
    this.#receiver = connection.connection.open_receiver({
      source: { address: options.queue },
      credit_window: 0,
      autoaccept: false,
      // The broker confirms each acknowledgement, so that an accept has an outcome too.
      rcv_settle_mode: 1,
    });
    this.#receiver.on('message', ({ message, delivery }: EventContext) => {
      if (message === undefined || delivery === undefined) return;
      this.#arrived.push({ id: textOf(message.message_id), accept: async () => await this.#accept(delivery) });
      this.#onProgress();
    });
    this.#receiver.on('receiver_drained', () => {
      this.#drained = true;
      this.#onProgress();
    });
    this.#receiver.on('settled', ({ delivery }: EventContext) => {
      if (delivery === undefined) return;
      this.#settled.get(delivery)?.();
      this.#settled.delete(delivery);
    });
  }

  /**
   * Resolves when the link is attached.
   *
   * @throws AmqpDisconnectedError the broker refused user, queue or link
   * @throws NoAnswerError
   */
  static async open(stream: Duplex, options: AmqpClientOptions): Promise<AmqpReceiver> {
    const connection = new AmqpConnection(stream, options);
    const receiver = new AmqpReceiver(options, connection);
    const opened = new Promise<void>((resolve) => receiver.#receiver.once('receiver_open', () => resolve()));
    const what = `receiver on ${options.queue}`;
    await answerWithin(options.clock, what, connection.unlessLost(opened), options.timeoutMs);
    return receiver;
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /**
   * Takes what is there now, up to `limit` messages: gives credit, and takes the rest of it back.
   *
   * @throws AmqpDisconnectedError | NoAnswerError
   */
  async pull(limit: number): Promise<readonly ReceivedMessage[]> {
    this.#drained = false;
    this.#arrived = [];
    const done = new Promise<void>((resolve) => {
      this.#onProgress = () => {
        if (this.#drained || this.#arrived.length >= limit) resolve();
      };
    });
    // Credit and the drain flag leave in one flow frame, so an empty queue answers at once.
    this.#receiver.drain_credit();
    this.#receiver.add_credit(limit);
    const { clock, timeoutMs, queue } = this.#options;
    await answerWithin(clock, `messages from ${queue}`, this.#connection.unlessLost(done), timeoutMs);
    this.#onProgress = () => {};
    return this.#arrived;
  }

  close(): void {
    this.#connection.close();
  }

  async #accept(delivery: Delivery): Promise<void> {
    const settled = new Promise<void>((resolve) => this.#settled.set(delivery, resolve));
    delivery.accept();
    const { clock, timeoutMs } = this.#options;
    await answerWithin(clock, 'acknowledgement', this.#connection.unlessLost(settled), timeoutMs);
  }
}

const textOf = (id: unknown): string => (typeof id === 'string' ? id : id === undefined ? '' : String(id));
