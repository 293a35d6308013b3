import type { ConnectionLink, DeliveryTarget } from './connection-link.ts';
import { Delivery, type HeldMessage } from './delivery.ts';
import type { IncomingCommand } from './incoming-command.ts';
import { InvalidUse, type OpenWireError } from './openwire-errors.ts';
import {
  ackTypes,
  type ConsumerId,
  type ConsumerSettings,
  consumerControl,
  messageAck,
  messagePull,
  removeConsumer,
} from './outgoing-command.ts';
import type { OpenWireTransaction } from './transaction.ts';

/**
 * What waiting for messages came to: some have `arrived`, the broker said that there are no more now (`end`: of a browse,
 * or of a pull with a time limit), or nothing came for a while (`quiet`).
 */
export type Arrival = 'arrived' | 'end' | 'quiet';

/** A pull with this time limit is answered at once, with a message or without. */
export const pullAtOnce = -1;

/** Messages that follow each other among what a consumer got. */
const runsOf = (held: readonly HeldMessage[]): readonly (readonly [HeldMessage, ...HeldMessage[]])[] => {
  const runs: [HeldMessage, ...HeldMessage[]][] = [];
  let next = -1;
  for (const message of [...held].sort((a, b) => a.ordinal - b.ordinal)) {
    if (message.ordinal === next) runs.at(-1)?.push(message);
    else runs.push([message]);
    next = message.ordinal + 1;
  }
  return runs;
};

/**
 * A consumer of one queue. It holds what it got until that is acknowledged in a transaction or the consumer is closed; the
 * order of the queue is kept when one consumer alone holds and returns (docs/openwire.md).
 */
export class OpenWireConsumer implements DeliveryTarget {
  readonly id: ConsumerId;
  readonly #link: ConnectionLink;
  readonly #settings: ConsumerSettings;
  readonly #startTimeout: (milliseconds: number) => AbortSignal;
  /** Ordinals of what is held. */
  readonly #held = new Set<number>();
  #arrived: Delivery[] = [];
  #next = 0;
  #ended = false;
  #error: OpenWireError | undefined;
  #wake: () => void = () => {};

  constructor(
    link: ConnectionLink,
    id: ConsumerId,
    settings: ConsumerSettings,
    startTimeout: (milliseconds: number) => AbortSignal,
  ) {
    this.#link = link;
    this.id = id;
    this.#settings = settings;
    this.#startTimeout = startTimeout;
  }

  get queue(): string {
    return this.#settings.queue;
  }

  /** Messages that are held: taken or not, and not acknowledged. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** What has arrived since the last call, in order. */
  take(): readonly Delivery[] {
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }

  /**
   * Waits until something has arrived that was not taken, or the broker says that nothing more will, for at most `quietMs`.
   * The broker says nothing of its own when a queue is empty, or when its page is full.
   *
   * @throws ConsumerClosed, and the reason why the connection is of no use any more
   */
  async arrival(quietMs: number): Promise<Arrival> {
    if (this.#state() === 'quiet') {
      const woken = Promise.withResolvers<void>();
      this.#wake = woken.resolve;
      // Wall time on purpose, as the connection's own.
      const timeout = this.#startTimeout(quietMs);
      timeout.addEventListener('abort', this.#wake);
      await woken.promise;
      timeout.removeEventListener('abort', this.#wake);
    }
    const state = this.#state();
    if (state === 'end') this.#ended = false;
    return state;
  }

  /**
   * Asks for so many messages where the prefetch is 0. With a time limit each is answered within so many milliseconds, at
   * once with `pullAtOnce`; with 0 whenever there is one.
   *
   * @throws InvalidUse with another prefetch, the reason why the connection is of no use any more
   */
  pull(count: number, timeoutMs: number): void {
    if (this.#settings.prefetch !== 0) throw new InvalidUse('the broker ignores pulls of a consumer with a prefetch');
    for (let index = 0; index < count; index++) {
      this.#link.send((head) => messagePull(head, this.id, this.queue, timeoutMs));
    }
  }

  /** Sets how many messages the broker sends in advance from now on. */
  setPrefetch(prefetch: number): void {
    this.#link.send((head) => consumerControl(head, this.id, this.queue, prefetch));
  }

  /**
   * Lets the broker send so many messages more than the prefetch, while those that it sent stay held. It also makes the
   * broker read on in the queue: without it a consumer gets a page, 200 messages by default, and then nothing. No counter
   * changes. The broker searches from the oldest message on, so that the oldest one held is the one to name.
   *
   * @throws InvalidUse for a message that is not held: the broker would report an error
   */
  extendWindow(held: HeldMessage, count: number): void {
    this.#checkHeld([held]);
    this.#acknowledge(ackTypes.delivered, [held], count, undefined);
  }

  /**
   * Acknowledges messages, in ranges where they follow each other; they leave the queue with the transaction's commit, and
   * are held again after its rollback. Without a transaction they are gone at once.
   *
   * @throws InvalidUse for messages that are not held, before anything is sent: the broker would accept it and consume others
   */
  acknowledge(messages: readonly HeldMessage[], transaction: OpenWireTransaction | undefined): void {
    this.#checkHeld(messages);
    transaction?.returns(() => {
      for (const { ordinal } of messages) this.#held.add(ordinal);
    });
    for (const run of runsOf(messages)) {
      this.#acknowledge(run.length === 1 ? ackTypes.individual : ackTypes.standard, run, run.length, transaction);
    }
    for (const { ordinal } of messages) this.#held.delete(ordinal);
  }

  /**
   * Ends the consumer; what it holds is back in the queue, with its counters as they were, when this resolves.
   *
   * @throws NoAnswer, BrokerRefused, the reason why the connection is of no use any more
   */
  async close(): Promise<void> {
    await this.#link.request(`ending the consumer of ${this.queue}`, (head) => removeConsumer(head, this.id));
    this.#link.route(this.id.value, undefined);
    this.#held.clear();
  }

  /** Takes a delivery; called by the connection. */
  deliver({ message, redeliveries }: IncomingCommand & { readonly kind: 'dispatch' }): void {
    if (message === undefined) {
      this.#ended = true;
    } else {
      this.#held.add(this.#next);
      this.#arrived.push(new Delivery(this.#next, message, redeliveries));
      this.#next += 1;
    }
    this.#wake();
  }

  /** Notes that no more will come; called by the connection. */
  fail(error: OpenWireError): void {
    this.#error = error;
    this.#wake();
  }

  #state(): Arrival {
    if (this.#error !== undefined) throw this.#error;
    if (this.#arrived.length > 0) return 'arrived';
    return this.#ended ? 'end' : 'quiet';
  }

  #checkHeld(messages: readonly HeldMessage[]): void {
    const ordinals = new Set(messages.map(({ ordinal }) => ordinal));
    const strangers = messages.length - ordinals.size + [...ordinals].filter((each) => !this.#held.has(each)).length;
    if (strangers > 0) {
      throw new InvalidUse(`${strangers} of ${messages.length} messages are not held, or are named twice`);
    }
  }

  #acknowledge(
    type: number,
    run: readonly [HeldMessage, ...HeldMessage[]],
    count: number,
    transaction: OpenWireTransaction | undefined,
  ): void {
    const last = run.at(-1) ?? run[0];
    this.#link.send((head) =>
      messageAck(head, {
        type,
        queue: this.queue,
        consumer: this.id,
        first: run[0].encodedId,
        last: last.encodedId,
        count,
        transaction: transaction?.id,
      }),
    );
  }
}
