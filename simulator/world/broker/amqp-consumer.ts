import type { Delivery, Sender } from 'rhea';
import { withDeliveryCount, withMessageId } from './amqp-message.ts';
import type { LinkEnvironment } from './amqp-producer.ts';
import { type ClientOutcome, confirmToClient } from './client-outcome.ts';
import { LinkCredit } from './link-credit.ts';
import { type AcquiredMessage, storePolicy } from './message-store.ts';
import { settleAnswered, tellState } from './rhea-internals.ts';
import { acceptedInTransaction, type TransactionalAnswer } from './rhea-transactions.ts';
import type { StoredMessage } from './stored-queue.ts';

/** The bytes that a consumer gets: as stored, but for what only the broker can know. */
export const deliveredBytes = ({ message, deliveryCount }: AcquiredMessage): Buffer => {
  const identified = message.idFromClient ? message.bytes : withMessageId(message.bytes, message.id);
  return deliveryCount === 0 ? identified : withDeliveryCount(identified, deliveryCount);
};

export interface AmqpConsumerOptions {
  readonly queue: string;
  /** JMSMessageID that the client selects. */
  readonly messageId: string | undefined;
  /** Whether the client wants to be the only one that gets messages. */
  readonly exclusive: boolean;
  readonly priority: number;
  /** Names the consumer on its broker. */
  readonly holder: string;
}

/** A link on which a client receives messages that it will answer for. */
export class AmqpConsumer {
  readonly queue: string;
  readonly #environment: LinkEnvironment;
  readonly #options: AmqpConsumerOptions;
  /** What the client may still be sent. */
  readonly credit: LinkCredit;
  /** What this link holds, by key, in the order in which it got it. */
  readonly #held = new Map<string, StoredMessage>();
  readonly #unanswered = new Map<Delivery, AcquiredMessage>();
  /** What waits for this link alone: what the client has released, and what was left over for it. docs/amazon-mq.md 14.3, 14.9. */
  readonly #returned: AcquiredMessage[] = [];
  #owesAnswer = false;

  constructor(sender: Sender, environment: LinkEnvironment, options: AmqpConsumerOptions) {
    this.queue = options.queue;
    this.credit = new LinkCredit(sender);
    this.#environment = environment;
    this.#options = options;
  }

  get exclusive(): boolean {
    return this.#options.exclusive;
  }

  get priority(): number {
    return this.#options.priority;
  }

  /** Sends one message if the client gave credit for it and there is one. */
  takeOne(): boolean {
    if (this.takeReturned()) return true;
    const next = this.credit.usable ? this.#acquire() : undefined;
    if (next === undefined) return false;
    this.#send(next);
    return true;
  }

  /** Sends one message again that the client has released, if it gave credit for it. */
  takeReturned(): boolean {
    const next = this.credit.usable ? this.#returned.shift() : undefined;
    if (next === undefined) return false;
    this.#send(next);
    return true;
  }

  /** Takes the client's answer for a delivery; a second answer changes nothing. */
  answer(delivery: Delivery, outcome: ClientOutcome): void {
    const acquired = this.#unanswered.get(delivery);
    if (acquired === undefined) return;
    this.#unanswered.delete(delivery);
    this.#carryOut(acquired, outcome);
    confirmToClient(delivery, outcome, this.#environment.outcomes);
  }

  /**
   * Takes the client's answer for a delivery inside a transaction: what it accepts leaves the queue with the commit, and
   * after a rollback it has it in flight as before.
   */
  answerInTransaction({ delivery, transactionId, accepted, settled }: TransactionalAnswer): void {
    const acquired = this.#unanswered.get(delivery);
    if (acquired === undefined || !accepted) return;
    const { store, transactions, outcomes } = this.#environment;
    const { key } = acquired.message;
    const state = acceptedInTransaction(transactionId);
    const name = `in ${transactionId.toString('hex')}`;
    const commit = (): void => {
      // A link that was detached meanwhile has given the message back.
      if (!this.#held.delete(key)) return;
      store.accept(this.queue, key);
      outcomes.settle(name, () => settleAnswered(delivery, state));
    };
    const rollBack = (): void => {
      if (!this.#held.has(key)) return;
      if (settled) this.#returned.push({ ...acquired, deliveryCount: acquired.deliveryCount + 1 });
      else this.#unanswered.set(delivery, acquired);
    };
    if (!transactions.enlist(transactionId, { commit, rollBack })) return;
    this.#unanswered.delete(delivery);
    if (!settled) outcomes.settle(name, () => tellState(delivery, state));
  }

  /**
   * Takes a message for this link without sending it: it goes with the next credit, or where a drain used up all of its
   * credit, behind the answer to that drain, which waits too. docs/amazon-mq.md 14.9.
   */
  keepOneBack(): void {
    const next = this.#acquire();
    if (next === undefined) return;
    this.#returned.push(next);
    this.#owesAnswer = this.credit.usedUp;
  }

  /** Honours the client's request to have its unused credit back after one page. docs/amazon-mq.md 14.9. */
  startDrain(): void {
    // The answer to an earlier drain is one to this drain too, and comes before any message.
    this.credit.startDrain(this.#owesAnswer ? 0 : storePolicy.maxPageSize);
    this.#owesAnswer = false;
  }

  /** Whether a message waits that the client has released. */
  get hasReturned(): boolean {
    return this.#returned.length > 0;
  }

  /**
   * Gives back what the link holds, in the order in which it got it. `deliveryFailed` raises the redelivery counters:
   * so it is for a connection that broke, and for a session or connection that ends with the link still attached.
   * docs/amazon-mq.md section 14.
   */
  close(options: { readonly deliveryFailed: boolean }): void {
    const { store } = this.#environment;
    for (const { key } of this.#held.values()) store.release(this.queue, key, options);
    this.#held.clear();
    this.#unanswered.clear();
    this.#returned.length = 0;
    store.forgetConsumer(this.queue, this.#options.holder);
  }

  #send(acquired: AcquiredMessage): void {
    this.#unanswered.set(this.credit.send(deliveredBytes(acquired)), acquired);
  }

  #acquire(): AcquiredMessage | undefined {
    const { queue, holder, messageId } = this.#options;
    const acquired = this.#environment.store.acquire(queue, { holder, messageId });
    if (acquired !== undefined) this.#held.set(acquired.message.key, acquired.message);
    return acquired;
  }

  #carryOut(acquired: AcquiredMessage, outcome: ClientOutcome): void {
    const { key } = acquired.message;
    const { store } = this.#environment;
    const poisoned = outcome.kind === 'rejected' || (outcome.kind === 'modified' && outcome.undeliverableHere);
    if (outcome.kind !== 'accepted' && !poisoned) {
      const failed = outcome.kind === 'modified' && outcome.deliveryFailed ? 1 : 0;
      this.#returned.push({ ...acquired, deliveryCount: acquired.deliveryCount + failed });
      return;
    }
    this.#held.delete(key);
    if (poisoned) store.reject(this.queue, key);
    else store.accept(this.queue, key);
  }
}
