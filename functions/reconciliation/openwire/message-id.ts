import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { MalformedFrame } from './openwire-errors.ts';
import { structureTypes as types } from './structure-types.ts';

/** Who sends: three parts, of which a broker remembers the sequence numbers that it has seen. */
export interface ProducerId {
  readonly connectionId: string;
  readonly sessionId: bigint;
  readonly value: bigint;
}

/** The identity that a broker gives a message. */
export interface MessageId {
  readonly producer: ProducerId;
  readonly sequence: bigint;
  /** Place in the broker's store; another broker has another one. */
  readonly brokerSequence: bigint;
  /** The id as a client of another protocol chose it, or as it was before a restore. */
  readonly textView: string | undefined;
}

const expectType = (reader: ByteReader, expected: number): void => {
  const type = reader.unsignedByte();
  if (type !== expected) {
    throw new MalformedFrame(`a structure of type ${type} stands at offset ${reader.at - 1} instead of ${expected}`);
  }
};

/** A producer's id that may be null. @throws MalformedFrame */
export const readProducerId = (reader: ByteReader): ProducerId | undefined => {
  if (!reader.boolean()) return undefined;
  expectType(reader, types.producerId);
  const connectionId = reader.string() ?? '';
  const value = reader.long();
  const sessionId = reader.long();
  return { connectionId, sessionId, value };
};

export const writeProducerId = (writer: ByteWriter, { connectionId, sessionId, value }: ProducerId): ByteWriter =>
  writer.boolean(true).byte(types.producerId).string(connectionId).long(value).long(sessionId);

/** @throws MalformedFrame, for an id or a producer that is null too: no message is without */
export const readMessageId = (reader: ByteReader): MessageId => {
  const at = reader.at;
  if (reader.boolean()) {
    expectType(reader, types.messageId);
    const textView = reader.string();
    const producer = readProducerId(reader);
    const sequence = reader.long();
    const brokerSequence = reader.long();
    if (producer !== undefined) return { producer, sequence, brokerSequence, textView };
  }
  throw new MalformedFrame(`a message has no id at offset ${at}`);
};

export const writeMessageId = (writer: ByteWriter, { producer, sequence, textView }: MessageId): ByteWriter => {
  writer.boolean(true).byte(types.messageId).string(textView);
  // The broker gives its own sequence.
  return writeProducerId(writer, producer).long(sequence).long(0);
};

/** JMSMessageID, which is also what selectors and the console compare. */
export const jmsMessageId = ({ producer, sequence, textView }: MessageId): string => {
  if (textView !== undefined) return textView.startsWith('ID:') ? textView : `ID:${textView}`;
  return `${producer.connectionId}:${producer.sessionId}:${producer.value}:${sequence}`;
};

/** The text view with which a message of another identity keeps its JMSMessageID. */
export const keptTextView = (id: MessageId): string => id.textView ?? jmsMessageId(id);
