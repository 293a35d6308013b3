import type { Delivery, Sender } from 'rhea';
import { withDeliveryCount, withMessageId } from './amqp-message.ts';
import type { LinkSurroundings } from './amqp-producer.ts';
import { type ClientOutcome, confirmToClient } from './client-outcome.ts';
import { LinkCredit } from './link-credit.ts';
import type { AcquiredMessage } from './message-store.ts';
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
  readonly #surroundings: LinkSurroundings;
  readonly #options: ConsumerOptions;
  /** What the client may still be sent. */
  readonly credit: LinkCredit;
  readonly #unanswered = new Map<Delivery, StoredMessage>();

  constructor(sender: Sender, surroundings: LinkSurroundings, options: ConsumerOptions) {
    this.queue = options.queue;
    this.credit = new LinkCredit(sender);
    this.#surroundings = surroundings;
    this.#options = options;
  }

  /** Sends one message if the client gave credit for it and there is one. */
  takeOne(): boolean {
    if (!this.credit.usable) return false;
    const { store } = this.#surroundings;
    const { queue, holder, messageId } = this.#options;
    const acquired = store.acquire(queue, { holder, messageId });
    if (acquired === undefined) return false;
    this.#unanswered.set(this.credit.send(deliveredBytes(acquired)), acquired.message);
    return true;
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
