import type { Delivery, Message, Receiver } from 'rhea';
import type { LinkEnvironment } from './amqp-producer.ts';
import { settleReceived } from './rhea-internals.ts';
import { attachCoordinator, declared, readCoordinatorRequest } from './rhea-transactions.ts';

/** A link on which a client begins and ends transactions (AMQP 1.0, part 4, section 4.2). */
export class AmqpCoordinator {
  readonly #environment: LinkEnvironment;

  constructor(receiver: Receiver, environment: LinkEnvironment) {
    this.#environment = environment;
    attachCoordinator(receiver);
  }

  /** Takes one request; `payload` is the encoded message. */
  receive(payload: Message | Buffer, delivery: Delivery): void {
    const { transactions, outcomes } = this.#environment;
    const request = Buffer.isBuffer(payload) ? readCoordinatorRequest(payload) : undefined;
    const reject = (condition: string, description: string): void =>
      outcomes.settle('rejected', () => delivery.reject({ condition, description }));
    if (request === undefined) {
      reject('amqp:not-implemented', 'the coordinator takes declare and discharge');
      return;
    }
    if (request.kind === 'declare') {
      const id = transactions.declare();
      outcomes.settle(`declared ${id.toString('hex')}`, () => settleReceived(delivery, declared(id)));
      return;
    }
    const { transactionId, fail } = request;
    if (transactions.discharge(transactionId, fail ? 'rollBack' : 'commit')) {
      outcomes.settle('accepted', () => delivery.accept());
    } else reject('amqp:transaction:unknown-id', `no transaction ${transactionId.toString('hex')} is open`);
  }
}
