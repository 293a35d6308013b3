import rhea, { type Delivery, type Receiver, type Session, type Typed } from 'rhea';
import type { EncodedOutcome } from './rhea-internals.ts';

/**
 * AMQP 1.0 transactions (part 4), which rhea 3.0.5 does not know: its sessions hand over what a broker needs to see, and
 * the states that it answers with are encoded here.
 */

/** Descriptor codes of part 4, sections 4.5.1 to 4.5.8. */
const codes = { coordinator: 0x30, declare: 0x31, discharge: 0x32, declared: 0x33, transactional: 0x34 } as const;

/** Descriptor code of the accepted outcome (part 3, section 3.4.2). */
const acceptedCode = 0x24;

/** Places of the fields that are read before rhea does (part 2, sections 2.7.3, 2.7.5 and 2.7.6). */
const fields = { transferState: 7 } as const;

/** A value as rhea decodes it before it takes the types off. */
interface Encoded {
  readonly descriptor?: { readonly value?: unknown };
  readonly value?: unknown;
}

interface AttachFrame {
  readonly performative: { readonly name: string; target: Encoded | null | undefined };
}

interface TransferFrame {
  readonly performative: { readonly delivery_id: number | null | undefined; readonly value: readonly unknown[] };
}

interface Disposition {
  readonly first: number;
  readonly last: number | null | undefined;
  readonly settled: boolean | null | undefined;
  readonly state: Encoded | null | undefined;
}

interface SessionInternals {
  on_attach(frame: AttachFrame): void;
  on_transfer(frame: TransferFrame): void;
  readonly outgoing: {
    readonly deliveries: { by_id(id: number): Delivery | undefined };
    on_disposition(fields: Disposition): void;
  };
}

/** A client's answer for a delivery that counts only once its transaction is committed. */
export interface TransactionalAnswer {
  readonly delivery: Delivery;
  readonly transactionId: Buffer;
  readonly accepted: boolean;
  /** Whether the client has settled the delivery for its part. */
  readonly settled: boolean;
}

interface SeenTransactions {
  /** Names of the links to the coordinator. */
  readonly coordinators: Set<string>;
  /** Transactions of messages on their way in, by delivery id. */
  readonly incoming: Map<number, Buffer>;
}

const seen = new WeakMap<Session, SeenTransactions>();

const describes = (value: unknown, code: number): value is Encoded =>
  Number((value as Encoded | null | undefined)?.descriptor?.value) === code;

/** The id of a transactional state, and its outcome; undefined for any other state. */
const transactionOf = (state: unknown): { readonly id: Buffer; readonly outcome: unknown } | undefined => {
  if (!describes(state, codes.transactional) || !Array.isArray(state.value)) return undefined;
  const [id, outcome] = state.value as readonly (Encoded | undefined)[];
  return Buffer.isBuffer(id?.value) ? { id: id.value, outcome } : undefined;
};

/** Makes a session show what concerns transactions; answers for deliveries go to `onAnswer`. */
export const watchTransactions = (session: Session, onAnswer: (answer: TransactionalAnswer) => void): void => {
  const internals = session as unknown as SessionInternals;
  const known: SeenTransactions = { coordinators: new Set(), incoming: new Map() };
  seen.set(session, known);

  const onAttach = internals.on_attach;
  internals.on_attach = function (this: unknown, frame: AttachFrame): void {
    if (describes(frame.performative.target, codes.coordinator)) {
      known.coordinators.add(frame.performative.name);
      // rhea would warn of a terminus that it does not know.
      frame.performative.target = undefined;
    }
    onAttach.call(this, frame);
  };

  const onTransfer = internals.on_transfer;
  internals.on_transfer = function (this: unknown, frame: TransferFrame): void {
    const transaction = transactionOf(frame.performative.value[fields.transferState]);
    const deliveryId = frame.performative.delivery_id;
    if (transaction !== undefined && typeof deliveryId === 'number') known.incoming.set(deliveryId, transaction.id);
    onTransfer.call(this, frame);
  };

  const { outgoing } = internals;
  const onDisposition = outgoing.on_disposition;
  outgoing.on_disposition = function (this: unknown, disposition: Disposition): void {
    const transaction = transactionOf(disposition.state);
    if (transaction === undefined) {
      onDisposition.call(this, disposition);
      return;
    }
    for (let id = disposition.first; id <= (disposition.last ?? disposition.first); id++) {
      const delivery = outgoing.deliveries.by_id(id) as (Delivery & { remote_settled: boolean }) | undefined;
      if (delivery === undefined || delivery.remote_settled) continue;
      const settled = disposition.settled === true;
      delivery.remote_settled = settled;
      const accepted = describes(transaction.outcome, acceptedCode);
      onAnswer({ delivery, transactionId: transaction.id, accepted, settled });
    }
  };
};

/** Whether a client opened this link to declare and discharge transactions. */
export const isCoordinatorLink = (receiver: Receiver): boolean =>
  seen.get(receiver.session)?.coordinators.has(receiver.name) ?? false;

/** Tells the client that its link leads to the coordinator. */
export const attachCoordinator = (receiver: Receiver): void => {
  const { local } = receiver as unknown as { readonly local: { readonly attach: { target: unknown } } };
  local.attach.target = described([], codes.coordinator);
};

/** The transaction that a message was sent in. Ask once: the answer is forgotten. */
export const transactionOfMessage = (receiver: Receiver, delivery: Delivery): Buffer | undefined => {
  const incoming = seen.get(receiver.session)?.incoming;
  const id = incoming?.get(delivery.id);
  incoming?.delete(delivery.id);
  return id;
};

/** What a client asks the coordinator for. */
export type CoordinatorRequest =
  | { readonly kind: 'declare' }
  | { readonly kind: 'discharge'; readonly transactionId: Buffer; readonly fail: boolean };

/** rhea's decoder, which its typings leave out. */
const { Reader } = rhea.types as unknown as { readonly Reader: new (bytes: Buffer) => { read(): unknown } };

/** How a message begins whose body is one value (part 3, section 3.2.8). */
const valueSection = Buffer.from([0x00, 0x53, 0x77]);

/** Reads a message to the coordinator; undefined when it is none. */
export const readCoordinatorRequest = (bytes: Buffer): CoordinatorRequest | undefined => {
  if (!bytes.subarray(0, valueSection.length).equals(valueSection)) return undefined;
  // rhea's own decoding of messages drops the descriptors of their bodies.
  const body: unknown = new Reader(bytes.subarray(valueSection.length)).read();
  if (describes(body, codes.declare)) return { kind: 'declare' };
  if (!describes(body, codes.discharge) || !Array.isArray(body.value)) return undefined;
  const [id, fail] = body.value.map(plain);
  return Buffer.isBuffer(id) ? { kind: 'discharge', transactionId: id, fail: fail === true } : undefined;
};

const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && 'value' in value ? value.value : value;

/** The outcome of a declaration. */
export const declared = (transactionId: Buffer): EncodedOutcome =>
  described([rhea.types.wrap_binary(transactionId)], codes.declared);

/** The state of something that is accepted once its transaction is committed. */
export const acceptedInTransaction = (transactionId: Buffer): EncodedOutcome =>
  described([rhea.types.wrap_binary(transactionId), described([], acceptedCode)], codes.transactional);

const described = (list: readonly unknown[], code: number): Typed & EncodedOutcome =>
  rhea.types.wrap_described(rhea.types.wrap_list(list as unknown[]), code) as unknown as Typed & EncodedOutcome;
