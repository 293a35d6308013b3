import type { Duplex } from 'node:stream';
import type { Delivery, EventContext, Receiver } from 'rhea';
import type { AmqpMessage } from '../../functions/ledger/ledger-message.ts';
import { type AmqpClientOptions, AmqpConnection } from './amqp-connection.ts';
import { answerWithin } from './answer-within.ts';

/**
 * A message as the application sees it. Each of the answers resolves once the broker has settled it, and may throw
 * AmqpDisconnectedError or NoAnswerError; then its outcome is unknown.
 */
export interface ReceivedMessage {
  /** The AMQP message-id as text; empty when there is none. */
  readonly id: string;
  /** The message as the client library decodes it. */
  readonly content: AmqpMessage;
  /** Deliveries before this one that failed, as the broker counts them. */
  readonly failedDeliveries: number;
  /** Acknowledges it. */
  accept(): Promise<void>;
  /** Gives it back; that counts as no delivery. */
  release(): Promise<void>;
  /** Gives it back and counts the delivery as failed. */
  fail(): Promise<void>;
  /** Refuses it for good: the broker puts it on its dead-letter queue. */
  reject(): Promise<void>;
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
      // The broker confirms each answer, so that an accept has an outcome too.
      rcv_settle_mode: 1,
    });
    this.#receiver.on('message', ({ message, delivery }: EventContext) => {
      if (message === undefined || delivery === undefined) return;
      this.#arrived.push({
        id: textOf(message.message_id),
        content: message,
        failedDeliveries: message.delivery_count ?? 0,
        accept: async () => await this.#answer(delivery, () => delivery.accept()),
        release: async () => await this.#answer(delivery, () => delivery.release()),
        fail: async () => await this.#answer(delivery, () => delivery.modified({ delivery_failed: true })),
        reject: async () => await this.#answer(delivery, () => delivery.reject()),
      });
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

  /** Breaks off without a word, as a process does that dies. */
  abort(): void {
    this.#connection.abort();
  }

  /** One answer at a time: rhea mixes up different ones that leave in the same tick. */
  async #answer(delivery: Delivery, send: () => void): Promise<void> {
    const settled = new Promise<void>((resolve) => this.#settled.set(delivery, resolve));
    send();
    const { clock, timeoutMs } = this.#options;
    await answerWithin(clock, 'acknowledgement', this.#connection.unlessLost(settled), timeoutMs);
  }
}

const textOf = (id: unknown): string => (typeof id === 'string' ? id : id === undefined ? '' : String(id));
