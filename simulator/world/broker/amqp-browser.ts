import type { Delivery, Sender } from 'rhea';
import { deliveredBytes } from './amqp-consumer.ts';
import type { LinkEnvironment } from './amqp-producer.ts';
import { type ClientOutcome, confirmToClient } from './client-outcome.ts';
import { LinkCredit } from './link-credit.ts';
import type { AcquiredMessage } from './message-store.ts';

/**
 * A link with distribution mode `copy`: shows the head of a queue as it is at the first credit, and removes nothing.
 * A client learns by draining that it has seen everything.
 */
export class AmqpBrowser {
  readonly queue: string;
  /** What the client may still be sent. */
  readonly credit: LinkCredit;
  readonly #environment: LinkEnvironment;
  readonly #messageId: string | undefined;
  #page: AcquiredMessage[] | undefined;

  constructor(sender: Sender, environment: LinkEnvironment, queue: string, messageId: string | undefined) {
    this.credit = new LinkCredit(sender);
    this.#environment = environment;
    this.queue = queue;
    this.#messageId = messageId;
  }

  /** Sends what the client gave credit for, and ends its drain. */
  show(): void {
    while (this.credit.usable) {
      this.#page ??= [...this.#environment.store.browse(this.queue, this.#messageId)];
      const next = this.#page.shift();
      if (next === undefined) break;
      this.credit.send(deliveredBytes(next));
    }
    this.credit.endDrain();
  }

  /** Whatever a client answers for a copy changes nothing in the queue. */
  answer(delivery: Delivery, outcome: ClientOutcome): void {
    confirmToClient(delivery, outcome, this.#environment.outcomes);
  }
}
