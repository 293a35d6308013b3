import type { Delivery, EventContext } from 'rhea';
import type { OutcomeOrder } from './outcome-order.ts';
import { type EncodedOutcome, encodedOutcomes, settleAnswered } from './rhea-internals.ts';

type PlainOutcome = 'accepted' | 'rejected' | 'released';

/** How a client answered a delivery (AMQP 1.0, part 3, section 3.4). */
export type ClientOutcome =
  | { readonly kind: PlainOutcome }
  | { readonly kind: 'modified'; readonly deliveryFailed: boolean; readonly undeliverableHere: boolean };

/** Events of a sending link that carry an answer; `settled` alone means that the client gave none. */
export const answerEvents = ['accepted', 'rejected', 'released', 'modified', 'settled'] as const;

/** The answer that an event of a sending link carries. Settled without an outcome means released. */
export const outcomeOfEvent = (event: (typeof answerEvents)[number], { delivery }: EventContext): ClientOutcome => {
  if (event === 'settled') return { kind: 'released' };
  if (event !== 'modified') return { kind: event };
  return {
    kind: 'modified',
    deliveryFailed: delivery?.remote_state?.delivery_failed === true,
    undeliverableHere: delivery?.remote_state?.undeliverable_here === true,
  };
};

const encoded = (outcome: ClientOutcome): EncodedOutcome =>
  outcome.kind === 'modified'
    ? encodedOutcomes.modified(outcome.deliveryFailed, outcome.undeliverableHere)
    : encodedOutcomes[outcome.kind]();

/** Settles a delivery whose client waits for the broker's word: receiver settle mode second (part 2, section 2.6.12). */
export const confirmToClient = (delivery: Delivery, outcome: ClientOutcome, outcomes: OutcomeOrder): void => {
  if (delivery.remote_settled) return;
  outcomes.settle(outcome.kind, () => settleAnswered(delivery, encoded(outcome)));
};
