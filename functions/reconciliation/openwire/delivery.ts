import type { WireMessage } from './wire-message.ts';

/** What it takes to acknowledge a message: little enough to be kept for each of thousands that are held. */
export interface HeldMessage {
  /** Place among what its consumer got, from 0. */
  readonly ordinal: number;
  /** The id as the broker encoded it. */
  readonly encodedId: Buffer;
}

/** A message as it arrived at a consumer, which holds it. */
export class Delivery implements HeldMessage {
  readonly ordinal: number;
  readonly message: WireMessage;
  /** Deliveries before this one, as the broker counts them. */
  readonly redeliveries: number;

  constructor(ordinal: number, message: WireMessage, redeliveries: number) {
    this.ordinal = ordinal;
    this.message = message;
    this.redeliveries = redeliveries;
  }

  get encodedId(): Buffer {
    const { bytes, parts } = this.message;
    return bytes.subarray(parts.messageIdAt, parts.restAt);
  }

  /** The same without the message's bytes. */
  withoutMessage(): HeldMessage {
    return { ordinal: this.ordinal, encodedId: Buffer.from(this.encodedId) };
  }
}
