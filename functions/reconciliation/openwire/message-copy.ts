import { ByteWriter } from './byte-writer.ts';
import { writeQueue } from './destination.ts';
import { type ProducerId, writeMessageId, writeProducerId } from './message-id.ts';
import { type TransactionId, writeTransactionId } from './transaction-id.ts';
import type { WireMessage } from './wire-message.ts';

/** What a copy has instead of the original's. */
export interface CopyHead {
  readonly commandId: number;
  readonly responseRequired: boolean;
  readonly producer: ProducerId;
  readonly queue: string;
  /** The local transaction that it is sent in. */
  readonly transaction: TransactionId | undefined;
  /**
   * A new identity, with which the broker takes the message for one that it has never seen. Without it the copy keeps the
   * original's.
   */
  readonly identity: { readonly sequence: bigint; readonly textView: string } | undefined;
}

/**
 * The frame of a copy, without its length, in pieces: a new head, and slices of the original for everything else. Other
 * than the head only the mark of a group's first message is not kept, because it is about the original's consumer.
 *
 * @throws MalformedFrame when the original's fields cannot be read
 */
export const messageCopy = (original: WireMessage, head: CopyHead): readonly Buffer[] => {
  const { bytes, parts, groupFirstAt } = original;
  const writer = new ByteWriter()
    .byte(bytes[0] ?? 0)
    .int(head.commandId)
    .boolean(head.responseRequired);
  writeProducerId(writer, head.producer);
  writeQueue(writer, head.queue);
  writeTransactionId(writer, head.transaction);
  writer.raw(bytes.subarray(parts.originalDestinationAt, parts.messageIdAt));
  if (head.identity === undefined) {
    writer.raw(bytes.subarray(parts.messageIdAt, parts.restAt));
  } else {
    writeMessageId(writer, { ...head.identity, producer: head.producer, brokerSequence: 0n });
  }
  const rest = bytes.subarray(parts.restAt);
  if (bytes[groupFirstAt] === 0) return [writer.finish(), rest];
  const before = bytes.subarray(parts.restAt, groupFirstAt);
  return [writer.finish(), before, Buffer.from([0]), bytes.subarray(groupFirstAt + 1)];
};
