import type { Duplex } from 'node:stream';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type Container,
  type Delivery,
  type Sender,
  type Session,
} from 'rhea';

/**
 * The parts of rhea 3.0.5 that its typings leave out and a broker cannot do without. Everything that leans on them
 * is in this file, so that a new version has one place to be checked in.
 */

/** A described outcome, ready for `Delivery.update`. */
export type EncodedOutcome = { readonly descriptor: unknown };

interface OutcomeFactory {
  described(): EncodedOutcome;
}

interface OutcomeFactories {
  accepted(): OutcomeFactory;
  rejected(): OutcomeFactory;
  released(): OutcomeFactory;
  modified(fields: { readonly delivery_failed: boolean; readonly undeliverable_here: boolean }): OutcomeFactory;
}

const factories = rhea.message as unknown as OutcomeFactories;

/** Outcomes that a broker answers with (AMQP 1.0, part 3, section 3.4). */
export const encodedOutcomes = {
  accepted: (): EncodedOutcome => factories.accepted().described(),
  rejected: (): EncodedOutcome => factories.rejected().described(),
  released: (): EncodedOutcome => factories.released().described(),
  modified: (deliveryFailed: boolean, undeliverableHere: boolean): EncodedOutcome =>
    factories.modified({ delivery_failed: deliveryFailed, undeliverable_here: undeliverableHere }).described(),
};

/**
 * Settles a delivery that its client has answered but not settled. rhea would keep it in the session's buffer until
 * the client settled too, which one that settles second never does: after 2,048 messages the session would stand still.
 */
export const settleAnswered = (delivery: Delivery, outcome: EncodedOutcome): void => {
  delivery.update(true, outcome);
  (delivery as { remote_settled: boolean }).remote_settled = true;
};

/** Settles a message that came in with a state that rhea has no name for. */
export const settleReceived = (delivery: Delivery, outcome: EncodedOutcome): void => delivery.update(true, outcome);

/** Tells a client the state of its delivery, which stays unsettled. */
export const tellState = (delivery: Delivery, outcome: EncodedOutcome): void => delivery.update(false, outcome);

/** A message format that no client uses: rhea hands over the bytes of a format that it does not know. */
export const rawMessageFormat = 0x7fff_fff0;

interface TransferFrame {
  readonly performative: { message_format: number | null | undefined };
}

/**
 * Makes a session hand over the encoded bytes of standard messages instead of decoding them, because decoding and
 * encoding again changes integer widths and binary ids. Such a delivery has `rawMessageFormat`.
 */
export const deliverRawMessages = (session: Session): void => {
  const internals = session as unknown as { on_transfer(frame: TransferFrame): void };
  const onTransfer = internals.on_transfer;
  internals.on_transfer = function (this: unknown, frame: TransferFrame): void {
    if ((frame.performative.message_format ?? 0) === 0) frame.performative.message_format = rawMessageFormat;
    onTransfer.call(this, frame);
  };
};

interface SenderState {
  readonly credit: number;
  readonly delivery_count: number;
  readonly _draining: boolean;
}

/** Messages that a sender has written; credit that was returned counts as if it had been used. */
export const sentCount = (sender: Sender): number => (sender as unknown as SenderState).delivery_count;

/** Link credit as a serial number: a sender may send until `sentCount` is that high. */
export const creditLimit = (sender: Sender): number =>
  (sender as unknown as SenderState).credit + (sender as unknown as SenderState).delivery_count;

/** Whether the client's newest flow asks for its unused credit back. */
export const isDraining = (sender: Sender): boolean => (sender as unknown as SenderState)._draining;

/** Gives the credit that a client drains back to it. rhea writes that only when something else is written too. */
export const giveCreditBack = (sender: Sender): void => {
  sender.set_drained(true);
  (sender.connection as Connection & { _register(): void })._register();
};

/**
 * Ignores the heartbeats that the client asked for: rhea would send them by a timer of the wall clock, while the simulator's time
 * is virtual.
 */
export const ignoreIdleTimeout = (connection: Connection): void => {
  connection.remote.open.idle_time_out = undefined;
};

/** A connection of the accepting side, before it has a stream, so that listeners can be set first. */
export const serverConnection = (container: Container, id: string): Connection & { accept(stream: Duplex): void } =>
  container.create_connection({ id } as ConnectionOptions) as Connection & { accept(stream: Duplex): void };
