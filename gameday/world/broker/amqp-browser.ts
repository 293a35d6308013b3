import type { Delivery, Sender } from 'rhea';
import { deliveredBytes } from './amqp-consumer.ts';
import type { LinkSurroundings } from './amqp-producer.ts';
import { type ClientOutcome, confirmToClient } from './client-outcome.ts';
import type { AcquiredMessage } from './message-store.ts';
import { creditLimit, giveCreditBack } from './rhea-internals.ts';

/**
 * A link with distribution mode `copy`: shows the head of a queue as it is at the first credit, and removes nothing.
 * A client learns by draining that it has seen everything.
 */
export class AmqpBrowser {
  readonly #sender: Sender;
  readonly #surroundings: LinkSurroundings;
  readonly #queue: string;
  readonly #messageId: string | undefined;
  #page: AcquiredMessage[] | undefined;
  #assigned = 0;
  #draining = false;
  #attached = false;

  constructor(sender: Sender, surroundings: LinkSurroundings, queue: string, messageId: string | undefined) {
    this.#sender = sender;
    this.#surroundings = surroundings;
    this.#queue = queue;
    this.#messageId = messageId;
  }

  /** The broker's attach has been written: messages may follow it. */
  start(): void {
    this.#attached = true;
  }

  /** The client wants its unused credit back once nothing more can be sent. */
  startDrain(): void {
    this.#draining = true;
  }

  /** Sends what the client gave credit for, and ends its drain. */
  show(): void {
    if (!this.#attached) return;
    const limit = creditLimit(this.#sender);
    if (limit > 0) this.#page ??= [...this.#surroundings.store.browse(this.#queue, this.#messageId)];
    const page = this.#page ?? [];
    while (this.#assigned < limit && this.#sender.sendable()) {
      const next = page.shift();
      if (next === undefined) break;
      this.#assigned++;
      this.#sender.send(deliveredBytes(next), undefined, 0);
    }
    if (!this.#draining || (page.length > 0 && this.#assigned < limit)) return;
    this.#draining = false;
    this.#assigned = limit;
    giveCreditBack(this.#sender);
  }

  /** Whatever a client answers for a copy changes nothing in the queue. */
  answer(delivery: Delivery, outcome: ClientOutcome): void {
    confirmToClient(delivery, outcome, this.#surroundings.outcomes);
  }
}
