import type { Delivery, EventContext, Receiver } from 'rhea';
import { ServiceUnavailable } from '../errors.ts';
import { creditOf, deliverRaw, forget, ignoreLateDrains, TransactionalSession } from './rhea-transactions.ts';
import type { WalkConnection } from './walk-connection.ts';

/** A message as it arrived. */
export interface Arrival {
  readonly delivery: Delivery;
  readonly bytes: Buffer;
}

/** What one request for messages brought. */
export interface Pulled {
  readonly arrivals: readonly Arrival[];
  /**
   * Messages that came at once, where the broker then paused and had to be asked; undefined where it did not. Such a link
   * must be pulled from again, until it is not asked or brings nothing: a broker that is asked while messages are on their
   * way to the link counts these twice, and keeps what it then has too many for the link (docs/amazon-mq.md 14.9).
   */
  readonly pausedAfter: number | undefined;
}

/** Credit that brings everything which one request too many can have left with the broker. */
export const flushingPull = 500;

/** A broker that has messages for a link sends them within milliseconds; one that does not for so long is asked. */
const quietMs = 150;

/**
 * How long the answer to a drain may take. A broker that offers a message at the very moment of a drain gives that
 * message the answer's place, and answers when it gets more credit (docs/amazon-mq.md 14.9).
 */
const drainPatienceMs = 250;

/** Drains in a row that may stay unanswered: 30 s, as for every other answer. */
const drainAttempts = 120;

/**
 * Credit beside a drain. The message in the answer's place needs one, or it would stay in the broker, unseen; what else
 * arrives meanwhile needs some.
 */
const spareCredit = 10;

/**
 * Makes the link the queue's exclusive consumer, also beside the application's own: of several the newest with the highest
 * priority, 127, is the one (docs/amazon-mq.md 14.10). Until the last such link goes nobody else gets anything, so what is
 * given back is in order again before anybody takes from it.
 */
const exclusively = '?consumer.exclusive=true&consumer.priority=127';

/** A link that keeps messages of a queue from others without consuming them. It has a session of its own. */
export class WalkLink {
  readonly session: TransactionalSession;
  readonly #connection: WalkConnection;
  readonly #receiver: Receiver;
  #arrived: Arrival[] = [];
  #onProgress: (progress: 'used' | 'drained') => void = () => {};

  private constructor(connection: WalkConnection, queue: string) {
    this.#connection = connection;
    this.session = new TransactionalSession(connection.connection);
    deliverRaw(this.session.session);
    this.#receiver = this.session.session.open_receiver({
      source: { address: `queue://${queue}${exclusively}` },
      credit_window: 0,
      autoaccept: false,
      // The broker's answer settles what is accepted.
      rcv_settle_mode: 1,
    });
    ignoreLateDrains(this.#receiver);
    this.#receiver.on('message', ({ message, delivery }: EventContext) => {
      if (delivery === undefined) return;
      this.#arrived.push({ delivery, bytes: message as unknown as Buffer });
      if (creditOf(this.#receiver) <= 0) this.#onProgress('used');
    });
    this.#receiver.on('receiver_drained', () => this.#onProgress('drained'));
  }

  /** Attaches a link. @throws AccessDenied, NotFound, ServiceUnavailable */
  static async attach(connection: WalkConnection, queue: string): Promise<WalkLink> {
    const link = new WalkLink(connection, queue);
    await connection.answer(`attaching to ${queue}`, (done) => link.#receiver.once('receiver_open', done));
    return link;
  }

  /**
   * Takes so many messages, or those that the broker offers to this link now: none where it offers none.
   *
   * Credit is given only when all is used, because the broker's count of it goes wrong otherwise.
   *
   * @throws ServiceUnavailable
   */
  async pull(limit: number): Promise<Pulled> {
    let pausedAfter: number | undefined;
    for (let credit = limit; ; credit = spareCredit) {
      this.#receiver.drain = false;
      this.#receiver.add_credit(credit);
      if ((await this.#progress(quietMs)) === 'used') break;
      pausedAfter ??= this.#arrived.length;
      if ((await this.#drain()) === 'drained') break;
    }
    const arrivals = this.#arrived;
    this.#arrived = [];
    return { arrivals, pausedAfter };
  }

  /** Lets go of a message's memory here; the broker goes on keeping it for this link. */
  forget({ delivery }: Arrival): void {
    forget(delivery);
  }

  /**
   * Gives back everything, in the order of the queue and with its redelivery counters as they were. Ending the session or
   * the connection instead would raise them.
   *
   * @throws ServiceUnavailable
   */
  async giveBack(): Promise<void> {
    await this.#connection.answer('giving messages back', (done) => {
      this.#receiver.once('receiver_close', done);
      this.#receiver.close();
    });
    this.session.session.close();
  }

  /** Asks the broker to send what it offers now and to take the rest of the credit back; there may be no rest. */
  async #drain(): Promise<'used' | 'drained'> {
    for (let attempt = 1; attempt <= drainAttempts; attempt++) {
      this.#receiver.drain = true;
      this.#receiver.add_credit(spareCredit);
      const progress = await this.#progress(drainPatienceMs);
      if (progress !== 'none') return progress;
    }
    throw new ServiceUnavailable(`the broker left ${drainAttempts} drains in a row unanswered`);
  }

  /** Resolves when all credit is used or given back, or when nothing has arrived for so long. */
  async #progress(patienceMs: number): Promise<'used' | 'drained' | 'none'> {
    for (let arrived = this.#arrived.length; ; arrived = this.#arrived.length) {
      const progress = await this.#connection.answer<'used' | 'drained' | 'none'>('messages', (done) => {
        this.#onProgress = done;
        // Wall time on purpose, as the connection's own.
        AbortSignal.timeout(patienceMs).addEventListener('abort', () => done('none'));
      });
      if (progress !== 'none') return progress;
      // What others do on this connection holds its messages up.
      if (this.#arrived.length === arrived && !this.#connection.busy) return progress;
    }
  }
}
