import type { Delivery, EventContext, Receiver } from 'rhea';
import { AccessDenied, NotFound } from '../../runtime/errors.ts';
import { creditOf, deliverRaw, forget, ignoreLateDrains, TransactionalSession } from './rhea-transactions.ts';
import type { ScanConnection } from './scan-connection.ts';

/** A message as it arrived. */
export interface Arrival {
  readonly delivery: Delivery;
  readonly bytes: Buffer;
}

/**
 * What a request for messages came to: `all` that were asked for, `drained` when the broker says that it offers no more
 * now, `silent` when nothing came for a while.
 */
export type CreditAnswer = 'all' | 'drained' | 'silent';

/**
 * A broker answers within milliseconds, but may hold an answer back until it is asked again (docs/amazon-mq.md 14.9). To
 * ask too early costs a link, to ask late costs time.
 */
const quietMs = 150;

/**
 * Makes the link the queue's exclusive consumer, even next to the application's own: of several the newest with the highest
 * priority, 127, is the one (docs/amazon-mq.md 14.10). Until the last such link goes nobody else gets anything, so what is
 * returned is in order again before anybody takes from it.
 */
const exclusively = 'consumer.exclusive=true&consumer.priority=127';

/**
 * A queue as a list of one. A consumer of a list gets what its queues hold, but brings none into being: an address of one
 * queue would create a queue that the broker has just removed, and its next removal would cross to the other broker, with
 * what is stranded there (docs/amazon-mq.md 14.17). The prefix stands twice because a list's names may have one.
 */
export const existingQueueOnly = (queue: string): string => `queue://queue://${queue},?${exclusively}`;

/** A link that keeps messages of a queue from others without consuming them. It has a session of its own. */
export class HoldingLink {
  readonly session: TransactionalSession;
  readonly #connection: ScanConnection;
  readonly #receiver: Receiver;
  #arrived: Arrival[] = [];
  #onAnswer: (answer: CreditAnswer) => void = () => {};

  private constructor(connection: ScanConnection, queue: string) {
    this.#connection = connection;
    this.session = new TransactionalSession(connection.connection);
    deliverRaw(this.session.session);
    this.#receiver = this.session.session.open_receiver({
      source: { address: existingQueueOnly(queue) },
      credit_window: 0,
      autoaccept: false,
      // The broker's answer settles what is accepted.
      rcv_settle_mode: 1,
    });
    ignoreLateDrains(this.#receiver);
    this.#receiver.on('message', ({ message, delivery }: EventContext) => {
      if (delivery === undefined) return;
      // Thousands may be held: rhea need not remember them for that.
      forget(delivery);
      this.#arrived.push({ delivery, bytes: message as unknown as Buffer });
      if (creditOf(this.#receiver) <= 0) this.#onAnswer('all');
    });
    this.#receiver.on('receiver_drained', () => this.#onAnswer('drained'));
  }

  /**
   * Attaches a link.
   *
   * @throws AccessDenied and NotFound, whose details name the queue, ServiceUnavailable
   */
  static async attach(connection: ScanConnection, queue: string): Promise<HoldingLink> {
    const link = new HoldingLink(connection, queue);
    try {
      await connection.answer(`attaching to ${queue}`, (done) => link.#receiver.once('receiver_open', done));
    } catch (error) {
      const details = { queue };
      if (error instanceof AccessDenied) throw new AccessDenied(error.message, details, { cause: error });
      if (error instanceof NotFound) throw new NotFound(error.message, details, { cause: error });
      throw error;
    }
    return link;
  }

  /**
   * Asks for messages, and for a word when the broker offers no more now. After any answer the broker may have one message
   * left over for this link, which comes with the next request; `all` and `silent` leave it unclear how many
   * (docs/amazon-mq.md 14.9).
   *
   * @throws ServiceUnavailable
   */
  async request(credit: number): Promise<CreditAnswer> {
    this.#receiver.drain = true;
    this.#receiver.add_credit(credit);
    for (let arrived = this.#arrived.length; ; arrived = this.#arrived.length) {
      const answer = await this.#connection.answer<CreditAnswer>('messages', (done) => {
        this.#onAnswer = done;
        // Wall time on purpose, as the connection's own.
        AbortSignal.timeout(quietMs).addEventListener('abort', () => done('silent'));
      });
      if (answer !== 'silent' || this.#arrived.length === arrived) return answer;
    }
  }

  /** What has arrived since the last call. */
  take(): readonly Arrival[] {
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }

  /**
   * Returns everything to the queue, in its order and with its redelivery counters as they were. Ending the session or
   * the connection instead would raise them.
   *
   * @throws ServiceUnavailable
   */
  async release(): Promise<void> {
    await this.#connection.answer('returning messages to the queue', (done) => {
      this.#receiver.once('receiver_close', done);
      this.#receiver.close();
    });
    this.session.session.close();
  }
}
