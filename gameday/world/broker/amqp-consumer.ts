import type { Delivery, Sender } from 'rhea';
import { withDeliveryCount, withMessageId } from './amqp-message.ts';
import type { LinkSurroundings } from './amqp-producer.ts';
import { type ClientOutcome, confirmToClient } from './client-outcome.ts';
import type { AcquiredMessage } from './message-store.ts';
import { creditLimit, giveCreditBack } from './rhea-internals.ts';
import type { StoredMessage } from './stored-queue.ts';

/** The bytes that a consumer gets: as stored, but for what only the broker can know. */
export const deliveredBytes = ({ message, deliveryCount }: AcquiredMessage): Buffer => {
  const identified = message.idFromClient ? message.bytes : withMessageId(message.bytes, message.id);
  return deliveryCount === 0 ? identified : withDeliveryCount(identified, deliveryCount);
};

export interface ConsumerOptions {
  readonly queue: string;
  /** JMSMessageID that the client selects. */
  readonly messageId: string | undefined;
  /** Names the consumer on its broker. */
  readonly holder: string;
}

/** A link on which a client receives messages that it will answer for. */
export class AmqpConsumer {
  readonly queue: string;
  readonly #sender: Sender;
  readonly #surroundings: LinkSurroundings;
  readonly #options: ConsumerOptions;
  readonly #unanswered = new Map<Delivery, StoredMessage>();
  /** How many messages were handed to rhea, counted as link credit counts: drained credit is used up too. */
  #assigned = 0;
  #draining = false;
  #attached = false;

  constructor(sender: Sender, surroundings: LinkSurroundings, options: ConsumerOptions) {
    this.queue = options.queue;
    this.#sender = sender;
    this.#surroundings = surroundings;
    this.#options = options;
  }

  /** The broker's attach has been written: messages may follow it. */
  start(): void {
    this.#attached = true;
  }

  /** Sends one message if the client gave credit for it and there is one. */
  takeOne(): boolean {
    if (!this.#attached || this.#assigned >= creditLimit(this.#sender) || !this.#sender.sendable()) return false;
    const { store } = this.#surroundings;
    const { queue, holder, messageId } = this.#options;
    const acquired = store.acquire(queue, { holder, messageId });
    if (acquired === undefined) return false;
    this.#assigned++;
    this.#unanswered.set(this.#sender.send(deliveredBytes(acquired), undefined, 0), acquired.message);
    return true;
  }

  /** The client wants its unused credit back once nothing more can be sent. */
  startDrain(): void {
    this.#draining = true;
  }

  /** Gives unused credit back if the client asked for it. Call it after `takeOne` found nothing. */
  finishDrain(): void {
    const limit = creditLimit(this.#sender);
    // A full session buffer is not an empty queue: the drain goes on when the client has settled something.
    if (!this.#attached || !this.#draining || (this.#assigned < limit && !this.#sender.sendable())) return;
    this.#draining = false;
    this.#assigned = limit;
    giveCreditBack(this.#sender);
  }

  /** Takes the client's answer for a delivery; a second answer changes nothing. */
  answer(delivery: Delivery, outcome: ClientOutcome): void {
    const message = this.#unanswered.get(delivery);
    if (message === undefined) return;
    this.#unanswered.delete(delivery);
    this.#carryOut(message.key, outcome);
    confirmToClient(delivery, outcome, this.#surroundings.outcomes);
  }

  /**
   * Gives back what the client did not answer for, oldest first. `deliveryFailed` is true for a connection that broke:
   * it raises the redelivery counter. docs/amazon-mq.md section 14.
   */
  close(options: { readonly deliveryFailed: boolean }): void {
    const { store } = this.#surroundings;
    for (const message of this.#unanswered.values()) store.release(this.queue, message.key, options);
    this.#unanswered.clear();
    store.forgetConsumer(this.queue, this.#options.holder);
  }

  #carryOut(key: string, outcome: ClientOutcome): void {
    const { store } = this.#surroundings;
    if (outcome.kind === 'modified') {
      if (outcome.undeliverableHere) store.reject(this.queue, key);
      else store.release(this.queue, key, { deliveryFailed: outcome.deliveryFailed });
    } else if (outcome.kind === 'accepted') store.accept(this.queue, key);
    else if (outcome.kind === 'rejected') store.reject(this.queue, key);
    else store.release(this.queue, key, { deliveryFailed: false });
  }
}
