import type { Duplex } from 'node:stream';
import type { Delivery, EventContext, Sender } from 'rhea';
import { AmqpConnection } from '../../functions/brokers/amqp-connection.ts';
import { type AmqpClientOptions, answerWithin } from './answer-within.ts';

/** How a broker answered a send. */
export type SendResult = 'accepted' | 'rejected' | 'released';

/** Sends durable messages to one queue and learns each one's outcome. */
export class AmqpSender {
  readonly #options: AmqpClientOptions;
  readonly #amqp: AmqpConnection;
  readonly #sender: Sender;
  readonly #outcomes = new Map<Delivery, (result: SendResult) => void>();

  private constructor(stream: Duplex, options: AmqpClientOptions) {
    this.#options = options;
    this.#amqp = new AmqpConnection(stream, options.credentials, { containerId: options.name });
    this.#sender = this.#amqp.connection.open_sender({ target: { address: options.queue } });
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
   * @throws DrError the broker refused user, queue or link
   * @throws NoAnswerError
   */
  static async open(stream: Duplex, options: AmqpClientOptions): Promise<AmqpSender> {
    const sender = new AmqpSender(stream, options);
    await sender.#credit();
    return sender;
  }

  get isLost(): boolean {
    return this.#amqp.error !== undefined;
  }

  /**
   * Sends one durable message.
   *
   * @throws DrError | NoAnswerError the outcome is unknown
   */
  async send(id: string, body: string): Promise<SendResult> {
    await this.#credit();
    const creationTime = new Date(this.#options.clock.nowMs());
    const outcome = this.#amqp.answer<SendResult>((done) => {
      const delivery = this.#sender.send({ message_id: id, durable: true, creation_time: creationTime, body });
      this.#outcomes.set(delivery, done);
    });
    return await answerWithin(this.#options, `send of ${id}`, outcome);
  }

  close(): void {
    this.#amqp.close();
  }

  async #credit(): Promise<void> {
    if (this.#sender.sendable() && !this.isLost) return;
    const sendable = this.#amqp.answer((done) => this.#sender.once('sendable', done));
    await answerWithin(this.#options, `credit for ${this.#options.queue}`, sendable);
  }
}
