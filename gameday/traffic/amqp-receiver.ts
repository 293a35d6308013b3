import type { Duplex } from 'node:stream';
import type { Delivery, EventContext, Receiver } from 'rhea';
import { AmqpConnection } from '../../functions/brokers/amqp-connection.ts';
import type { AmqpMessage } from '../../functions/ledger/ledger-message.ts';
import { type AmqpClientOptions, answerWithin } from './answer-within.ts';

/**
 * A message as the application sees it. Each of the answers resolves once the broker has settled it, and may throw
 * DrError or NoAnswerError; then its outcome is unknown.
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
  /** Refuses it permanently: the broker puts it on its dead-letter queue. */
  reject(): Promise<void>;
}

/** Pulls messages from one queue by credit and acknowledges each one explicitly. */
export class AmqpReceiver {
  readonly #options: AmqpClientOptions;
  readonly #amqp: AmqpConnection;
  readonly #receiver: Receiver;
  readonly #settled = new Map<Delivery, () => void>();
  #arrived: ReceivedMessage[] = [];
  #onProgress: () => void = () => {};
  #drained = false;

  private constructor(stream: Duplex, options: AmqpClientOptions) {
    this.#options = options;
    this.#amqp = new AmqpConnection(stream, options.credentials, { containerId: options.name });
    this.#receiver = this.#amqp.connection.open_receiver({
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
   * @throws DrError the broker refused user, queue or link
   * @throws NoAnswerError
   */
  static async open(stream: Duplex, options: AmqpClientOptions): Promise<AmqpReceiver> {
    const receiver = new AmqpReceiver(stream, options);
    const opened = receiver.#amqp.answer((done) => receiver.#receiver.once('receiver_open', done));
    await answerWithin(options, `receiver on ${options.queue}`, opened);
    return receiver;
  }

  get isLost(): boolean {
    return this.#amqp.error !== undefined;
  }

  /**
   * Takes what is there now, up to `limit` messages: gives credit, and takes the rest of it back.
   *
   * @throws DrError | NoAnswerError
   */
  async pull(limit: number): Promise<readonly ReceivedMessage[]> {
    this.#drained = false;
    this.#arrived = [];
    const answered = this.#amqp.answer<void>((done) => {
      this.#onProgress = () => {
        if (this.#drained || this.#arrived.length >= limit) done();
      };
      // Credit and the drain flag leave in one flow frame, so an empty queue answers at once.
      this.#receiver.drain_credit();
      this.#receiver.add_credit(limit);
    });
    await answerWithin(this.#options, `messages from ${this.#options.queue}`, answered);
    this.#onProgress = () => {};
    return this.#arrived;
  }

  close(): void {
    this.#amqp.close();
  }

  /** Breaks off without a word, as a process does that dies. */
  abort(): void {
    this.#amqp.abort('the application died');
  }

  /** One answer at a time: rhea mixes up different ones that leave in the same tick. */
  async #answer(delivery: Delivery, send: () => void): Promise<void> {
    const settled = this.#amqp.answer<void>((done) => {
      this.#settled.set(delivery, done);
      send();
    });
    await answerWithin(this.#options, 'acknowledgement', settled);
  }
}

const textOf = (id: unknown): string => (typeof id === 'string' ? id : id === undefined ? '' : String(id));
