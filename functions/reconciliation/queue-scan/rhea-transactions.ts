import type { Duplex } from 'node:stream';
import rhea, { type Connection, type Delivery, type Receiver, type Sender, type Session, type Typed } from 'rhea';
import frames from 'rhea/lib/frames.js';

/**
 * AMQP 1.0 transactions (part 4 of the specification) on rhea 3.0.5, which leaves them out, and the reception of raw
 * messages. Everything here leans on parts that rhea's typings do not show, so that a new version has one place to be
 * checked in; test/unit/simulator/world/broker/amqp-transactions.test.ts holds what is assumed.
 */

/** Descriptor codes of the specification, part 4, section 4.5. */
const codes = { coordinator: 0x30, declare: 0x31, discharge: 0x32, declared: 0x33, transactionalState: 0x34 } as const;

/** A described value of the wire, before rhea makes an outcome of it. */
interface DescribedValue {
  readonly descriptor?: { readonly value: unknown };
  readonly value: unknown[];
}

interface DispositionFrame {
  readonly performative: { readonly value: unknown[] };
}

interface TransferFrame {
  readonly performative: { message_format: number | null | undefined };
}

interface SessionInternals {
  readonly outgoing: { compute_max_payload(tag: Buffer): number | undefined };
  on_disposition(frame: DispositionFrame): void;
  on_transfer(frame: TransferFrame): void;
  output(performative: { readonly value: unknown[]; readonly delivery_tag?: unknown }, payload?: Buffer): void;
}

/** Index of `state` in the frames' lists (part 2, sections 2.7.5 and 2.7.6). */
const stateIndex = { transfer: 7, disposition: 4 } as const;

/** Room in a frame for the state of a transfer, with a transaction's id of up to 32 bytes; rhea leaves none. */
const stateBytes = 64;

const internalsOf = (session: Session): SessionInternals => session as unknown as SessionInternals;

const described = (code: number, fields: readonly unknown[]): Typed =>
  rhea.types.described_nc(rhea.types.wrap_ulong(code), rhea.types.wrap_list([...fields])) as Typed;

const outcomes = rhea.message as unknown as { accepted(): { described(): Typed } };

const { Writer } = rhea.types as unknown as { Writer: new () => { write(value: Typed): void; toBuffer(): Buffer } };

const encode = (value: Typed): Buffer => {
  const writer = new Writer();
  writer.write(value);
  return Buffer.from(writer.toBuffer());
};

/** Identifies a transaction on its connection. */
export type TransactionId = Buffer;

interface SessionFactory {
  create_session(buffer: number): Session;
}

/**
 * Unsettled deliveries that rhea keeps for a session, instead of 2,048: those of a link that are being judged and those
 * that are read ahead, with room for what a broker sends beyond.
 */
const bufferedDeliveries = 4_096;

/** What a session needs to take part in transactions of its connection. */
export class TransactionalSession {
  readonly session: Session;
  #sendingIn: TransactionId | undefined;
  #declared: TransactionId | undefined;

  /** Opens a session on the connection. */
  constructor(connection: Connection) {
    this.session = (connection as unknown as SessionFactory).create_session(bufferedDeliveries);
    const internals = internalsOf(this.session);
    const { outgoing, on_disposition: onDisposition, output } = internals;
    const largestPayload = outgoing.compute_max_payload;
    outgoing.compute_max_payload = (tag) => {
      const largest = largestPayload.call(outgoing, tag);
      return largest === undefined ? undefined : largest - stateBytes;
    };
    internals.on_disposition = (frame) => {
      this.#understand(frame);
      onDisposition.call(this.session, frame);
    };
    internals.output = (performative, payload) => {
      if (payload !== undefined && this.#sendingIn !== undefined) {
        performative.value[stateIndex.transfer] = described(codes.transactionalState, [
          rhea.types.wrap_binary(this.#sendingIn),
        ]);
      }
      output.call(this.session, performative, payload);
    };
    this.session.begin();
  }

  /** The transaction that the last `declare` on this session began. */
  get declared(): TransactionId | undefined {
    return this.#declared;
  }

  /** What this session sends from now on belongs to the transaction; undefined for none. */
  sendIn(id: TransactionId | undefined): void {
    this.#sendingIn = id;
  }

  /**
   * Accepts deliveries of this session's link when the transaction is committed; until then they stay held. The broker is
   * told at once, before anything that is sent later on this connection, and does not answer: one answer for each message
   * costs both sides more than everything else. So no transaction may be rolled back after it, since ActiveMQ sends
   * what was accepted in it again (docs/amazon-mq.md 14.12).
   */
  acceptIn(id: TransactionId, deliveries: readonly Delivery[]): void {
    const state = described(codes.transactionalState, [rhea.types.wrap_binary(id), outcomes.accepted().described()]);
    for (const { first, last } of ranges(deliveries.map((delivery) => delivery.id))) {
      internalsOf(this.session).output(frames.disposition({ role: true, first, last, settled: true, state }));
    }
  }

  /** Makes of states that rhea does not know the outcomes that they stand for. */
  #understand({ performative }: DispositionFrame): void {
    const state = performative.value[stateIndex.disposition] as DescribedValue | undefined;
    const code = Number(state?.descriptor?.value);
    if (state === undefined || Number.isNaN(code)) return;
    if (code === codes.declared) {
      this.#declared = Buffer.from((state.value[0] as { readonly value: Buffer }).value);
      performative.value[stateIndex.disposition] = outcomes.accepted().described();
    }
    if (code === codes.transactionalState) performative.value[stateIndex.disposition] = state.value[1];
  }
}

/** Ascending numbers as ranges without gaps. */
const ranges = (numbers: readonly number[]): readonly { readonly first: number; readonly last: number }[] => {
  const found: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = found.at(-1);
    if (open !== undefined && number === open.last + 1) open.last = number;
    else found.push({ first: number, last: number });
  }
  return found;
};

interface UnattachedSender {
  readonly local: { readonly attach: { target: unknown } };
  set_source(fields: object): void;
  on_attach(frame: { readonly performative: { target: unknown } }): void;
  attach(): void;
}

interface LinkFactory {
  create_sender(name: string, options: object): Sender & UnattachedSender;
}

/** Attaches a link to the broker's transaction coordinator. */
export const openCoordinatorLink = ({ session }: TransactionalSession): Sender => {
  const sender = (session as unknown as LinkFactory).create_sender('coordinator', {});
  sender.set_source({});
  sender.local.attach.target = described(codes.coordinator, []);
  const { on_attach: onAttach } = sender;
  sender.on_attach = function (frame): void {
    // rhea warns on the console about a terminus that it does not know.
    frame.performative.target = undefined;
    onAttach.call(this, frame);
  };
  sender.attach();
  return sender;
};

const amqpValue = (value: Typed): Buffer => Buffer.concat([Buffer.from([0x00, 0x53, 0x77]), encode(value)]);

/** The message that begins a transaction. */
export const declareMessage = (): Buffer => amqpValue(described(codes.declare, []));

/** The message that ends one: everything in it happens, or with `fail` nothing. */
export const dischargeMessage = (id: TransactionId, { fail }: { readonly fail: boolean }): Buffer =>
  amqpValue(described(codes.discharge, [rhea.types.wrap_binary(id), rhea.types.wrap_boolean(fail)]));

/** A message format that no client uses: rhea hands over the bytes of a format that it does not know. */
const rawFormat = 0x7fff_fff0;

/** Makes a session hand over the bytes of messages instead of decoding them. */
export const deliverRaw = (session: Session): void => {
  const internals = internalsOf(session);
  const { on_transfer: onTransfer } = internals;
  internals.on_transfer = (frame) => {
    frame.performative.message_format = rawFormat;
    onTransfer.call(session, frame);
  };
};

/**
 * Lets rhea forget a delivery without a word to the broker, which goes on keeping it for this link. rhea would keep it
 * in the session's buffer of 2,048, and the session would stand still when that is full.
 */
export const forget = (delivery: Delivery): void => {
  (delivery as { settled: boolean }).settled = true;
};

interface ReceiverInternals {
  readonly credit: number;
  readonly delivery_count: number;
  on_flow(frame: { readonly performative: { drain: boolean; delivery_count: number; link_credit: number } }): void;
}

/** Credit that a receiving link has left. */
export const creditOf = (receiver: Receiver): number => (receiver as unknown as ReceiverInternals).credit;

/**
 * Makes a receiving link deaf to answers to drains that it has overtaken by giving more credit since: they would take
 * that credit back here, while the broker has it, and would be taken for the answer to the last drain.
 */
export const ignoreLateDrains = (receiver: Receiver): void => {
  const internals = receiver as unknown as ReceiverInternals;
  const { on_flow: onFlow } = internals;
  internals.on_flow = (frame) => {
    const { drain, delivery_count: count, link_credit: credit } = frame.performative;
    // Serial numbers of 32 bits: how many messages may ever be sent on this link.
    const late = drain && (count + credit - internals.delivery_count - internals.credit) >>> 0 !== 0;
    if (!late) onFlow.call(receiver, frame);
  };
};

/**
 * Sends an empty frame, which says nothing (part 2, section 2.4.5). It carries the acknowledgement of what has arrived:
 * without it the broker's TCP waits up to 40 ms before it sends the rest of what it has, because it keeps Nagle's algorithm
 * on, and a client that only listens delays its acknowledgements.
 */
export const sendEmptyFrame = (connection: Connection): void => {
  (connection as unknown as { _write_frame(): void })._write_frame();
};

/**
 * Makes a connection hand what it writes in one turn of the event loop to its stream as a whole: rhea writes each frame by
 * itself, and thousands of system calls take longer than everything else that a removal does in this process.
 */
export const gatherWrites = (connection: Connection, stream: Duplex): void => {
  const internals = connection as unknown as { output(): void };
  const { output } = internals;
  let gathering = false;
  internals.output = () => {
    if (!gathering) {
      gathering = true;
      stream.cork();
      process.nextTick(() => {
        gathering = false;
        stream.uncork();
      });
    }
    output.call(connection);
  };
};
