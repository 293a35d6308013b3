import { ByteReader } from './byte-reader.ts';
import { type Destination, readDestination } from './destination.ts';
import { jmsMessageId, type MessageId, readMessageId } from './message-id.ts';
import { MalformedFrame } from './openwire-errors.ts';
import { type PrimitiveValue, readPrimitiveMap } from './primitive-map.ts';
import { skipNested } from './skip-structure.ts';
import { structureTypes as types } from './structure-types.ts';

const kinds = {
  [types.plainMessage]: 'plain',
  [types.bytesMessage]: 'bytes',
  [types.mapMessage]: 'map',
  [types.objectMessage]: 'object',
  [types.streamMessage]: 'stream',
  [types.textMessage]: 'text',
  [types.blobMessage]: 'blob',
} as const;

export type MessageKind = (typeof kinds)[keyof typeof kinds];

/** Type, command id and whether an answer is wanted. */
const headBytes = 6;

/** Where the parts of a message stand in its bytes that a copy replaces or keeps. */
export interface MessageParts {
  /** Start of the original destination; before it producer, destination and transaction. */
  readonly originalDestinationAt: number;
  readonly messageIdAt: number;
  /** Everything from the original transaction on. */
  readonly restAt: number;
}

/** What stands behind the id. Times are milliseconds since the Unix epoch. */
interface MessageFields {
  readonly groupId: string | undefined;
  readonly groupSequence: number;
  readonly correlationId: string | undefined;
  readonly persistent: boolean;
  readonly expiresAtMs: number;
  readonly priority: number;
  readonly replyTo: Destination | undefined;
  readonly timestampMs: number;
  readonly type: string | undefined;
  readonly content: Buffer | undefined;
  readonly marshalledProperties: Buffer | undefined;
  readonly compressed: boolean;
  readonly userId: string | undefined;
  /** Offset of the byte that says whether it is the first of its group for its consumer. */
  readonly groupFirstAt: number;
}

/**
 * A message as the broker sent it: raw bytes of OpenWire 12 in loose encoding, from which fields are read when they are
 * asked for. It is a slice of what the socket delivered, so that a message that is kept keeps up to 64 KiB around it.
 *
 * What stands behind the id is read at the first question for it: a message of which that part is unreadable can still be
 * held, returned and copied.
 */
export class WireMessage {
  readonly bytes: Buffer;
  readonly kind: MessageKind;
  readonly parts: MessageParts;
  #fields: MessageFields | undefined;
  #id: MessageId | undefined;

  /** @throws MalformedFrame for bytes that do not begin as a message does */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const type = bytes[0] ?? 0;
    const kind = kinds[type as keyof typeof kinds];
    if (kind === undefined) throw new MalformedFrame(`a structure of type ${type} stands for a message`);
    this.kind = kind;
    const reader = new ByteReader(bytes);
    reader.skip(headBytes);
    skipNested(reader); // producer
    skipNested(reader); // destination
    skipNested(reader); // transaction
    const originalDestinationAt = reader.at;
    skipNested(reader);
    const messageIdAt = reader.at;
    skipNested(reader);
    this.parts = { originalDestinationAt, messageIdAt, restAt: reader.at };
  }

  /** @throws MalformedFrame */
  get id(): MessageId {
    this.#id ??= readMessageId(new ByteReader(this.bytes, this.parts.messageIdAt));
    return this.#id;
  }

  /** JMSMessageID. @throws MalformedFrame */
  get messageId(): string {
    return jmsMessageId(this.id);
  }

  /** Where it was sent to last. @throws MalformedFrame */
  get destination(): Destination | undefined {
    const reader = new ByteReader(this.bytes, headBytes);
    skipNested(reader);
    return readDestination(reader);
  }

  /** JMSXGroupID. @throws MalformedFrame */
  get groupId(): string | undefined {
    return this.#read().groupId;
  }

  /** JMSXGroupSeq. @throws MalformedFrame */
  get groupSequence(): number {
    return this.#read().groupSequence;
  }

  /** @throws MalformedFrame */
  get correlationId(): string | undefined {
    return this.#read().correlationId;
  }

  /** @throws MalformedFrame */
  get persistent(): boolean {
    return this.#read().persistent;
  }

  /** JMSExpiration; 0 for never. @throws MalformedFrame */
  get expiresAtMs(): number {
    return this.#read().expiresAtMs;
  }

  /** @throws MalformedFrame */
  get priority(): number {
    return this.#read().priority;
  }

  /** @throws MalformedFrame */
  get replyTo(): Destination | undefined {
    return this.#read().replyTo;
  }

  /** JMSTimestamp; 0 for none. @throws MalformedFrame */
  get timestampMs(): number {
    return this.#read().timestampMs;
  }

  /** JMSType. @throws MalformedFrame */
  get type(): string | undefined {
    return this.#read().type;
  }

  /** JMSXUserID. @throws MalformedFrame */
  get userId(): string | undefined {
    return this.#read().userId;
  }

  /** Whether the content is compressed. @throws MalformedFrame */
  get compressed(): boolean {
    return this.#read().compressed;
  }

  /** The body as it is encoded; undefined for none. @throws MalformedFrame */
  get content(): Buffer | undefined {
    return this.#read().content;
  }

  /** The properties as they are encoded; undefined for none. @throws MalformedFrame */
  get marshalledProperties(): Buffer | undefined {
    return this.#read().marshalledProperties;
  }

  /** The properties with their types; decoded at each call. @throws MalformedFrame */
  properties(): ReadonlyMap<string, PrimitiveValue> {
    const { marshalledProperties } = this.#read();
    return marshalledProperties === undefined ? new Map() : readPrimitiveMap(new ByteReader(marshalledProperties));
  }

  /** Offset of the byte that says whether it is the first of its group for its consumer. @throws MalformedFrame */
  get groupFirstAt(): number {
    return this.#read().groupFirstAt;
  }

  #read(): MessageFields {
    this.#fields ??= this.#readFields();
    return this.#fields;
  }

  #readFields(): MessageFields {
    const reader = new ByteReader(this.bytes, this.parts.restAt);
    skipNested(reader); // original transaction
    const groupId = reader.string();
    const groupSequence = reader.int();
    const correlationId = reader.string();
    const persistent = reader.boolean();
    const expiresAtMs = reader.longAsNumber();
    const priority = reader.signedByte();
    const replyTo = readDestination(reader);
    const timestampMs = reader.longAsNumber();
    const type = reader.string();
    const content = reader.byteSequence();
    const marshalledProperties = reader.byteSequence();
    skipNested(reader); // data structure of an advisory
    skipNested(reader); // target consumer
    const compressed = reader.boolean();
    reader.skip(4); // redelivery counter: the delivery has the one that counts
    skipIds(reader); // broker path
    reader.skip(8); // arrival
    const userId = reader.string();
    reader.skip(2); // received by a bridge, droppable
    skipIds(reader); // cluster
    reader.skip(16); // broker in time, broker out time
    const groupFirstAt = reader.skip(1);
    return {
      groupId,
      groupSequence,
      correlationId,
      persistent,
      expiresAtMs,
      priority,
      replyTo,
      timestampMs,
      type,
      content,
      marshalledProperties,
      compressed,
      userId,
      groupFirstAt,
    };
  }
}

/** Reads over an array of broker ids that may be null. */
const skipIds = (reader: ByteReader): void => {
  if (!reader.boolean()) return;
  const count = reader.short();
  if (count < 0) throw new MalformedFrame(`an array of ${count} structures at offset ${reader.at - 2}`);
  for (let index = 0; index < count; index++) skipNested(reader);
};
