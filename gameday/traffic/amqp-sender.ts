import type { Duplex } from 'node:stream';
import type { Delivery, EventContext, Sender } from 'rhea';
import { type AmqpClientOptions, AmqpConnection } from './amqp-connection.ts';
import { answerWithin } from './answer-within.ts';

/** How a broker answered a send. */
export type SendResult = 'accepted' | 'rejected' | 'released';

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
    const delivery = this.#sender.send({
      message_id: id,
      durable: true,
      creation_time: new Date(this.#options.clock.nowMs()),
      body,
    });
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
