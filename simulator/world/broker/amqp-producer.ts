import type { AmqpError, Delivery, Message, Receiver } from 'rhea';
import { queueOfAddress } from './amqp-address.ts';
import { type IncomingMessage, readIncomingMessage } from './amqp-message.ts';
import { AmqpDecodeError } from './amqp-sections.ts';
import type { MessageStore } from './message-store.ts';
import type { OutcomeOrder } from './outcome-order.ts';
import { rawMessageFormat, settleReceived } from './rhea-internals.ts';
import { acceptedInTransaction, transactionOfMessage } from './rhea-transactions.ts';
import type { Transactions } from './transactions.ts';

/** What a link needs of the connection that it belongs to. */
export interface LinkEnvironment {
  readonly store: MessageStore;
  readonly outcomes: OutcomeOrder;
  readonly transactions: Transactions;
  nowMs(): number;
}

/** A link on which a client sends: every message is stored before its outcome is sent. */
export class AmqpProducer {
  readonly #receiver: Receiver;
  readonly #environment: LinkEnvironment;
  readonly #queue: string;

  /** @throws LinkRefusedError when the link's target is not a queue that clients may use */
  constructor(receiver: Receiver, environment: LinkEnvironment) {
    this.#receiver = receiver;
    this.#environment = environment;
    this.#queue = queueOfAddress(receiver.target?.address);
    receiver.set_target({ address: receiver.target.address });
    environment.store.declare(this.#queue);
  }

  /** Takes one message; `payload` is the encoded message when rhea does not decode it. */
  receive(payload: Message | Buffer, delivery: Delivery): void {
    if (delivery.format !== rawMessageFormat || !Buffer.isBuffer(payload)) {
      this.#reject(delivery, {
        condition: 'amqp:not-implemented',
        description: `message format ${delivery.format} is not modelled`,
      });
      return;
    }
    let message: IncomingMessage;
    try {
      message = readIncomingMessage(payload, this.#environment.nowMs());
    } catch (error) {
      if (!(error instanceof AmqpDecodeError)) throw error;
      this.#reject(delivery, { condition: 'amqp:decode-error', description: error.message });
      return;
    }
    const transactionId = transactionOfMessage(this.#receiver, delivery);
    if (transactionId !== undefined) {
      this.#enlist(transactionId, message, delivery);
      return;
    }
    this.#environment.store.enqueue(this.#queue, message);
    this.#environment.outcomes.settle('accepted', () => delivery.accept());
  }

  #enlist(transactionId: Buffer, message: IncomingMessage, delivery: Delivery): void {
    const { store, transactions, outcomes } = this.#environment;
    const commit = (): void => {
      store.enqueue(this.#queue, message);
    };
    const name = transactionId.toString('hex');
    if (transactions.enlist(transactionId, { commit, rollBack: () => {} })) {
      outcomes.settle(`in ${name}`, () => settleReceived(delivery, acceptedInTransaction(transactionId)));
    } else {
      const description = `no transaction ${name} is open`;
      this.#reject(delivery, { condition: 'amqp:transaction:unknown-id', description });
    }
  }

  #reject(delivery: Delivery, error: AmqpError): void {
    this.#environment.outcomes.settle('rejected', () => delivery.reject(error));
  }
}
