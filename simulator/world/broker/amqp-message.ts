import { amqpSectionCodes, encodedSectionsOf, fieldsOf, type WireValue, withField } from './amqp-sections.ts';

/** What a broker needs to know of a message that a client sent; the bytes stay as they came. */
export interface IncomingMessage {
  readonly bytes: Buffer;
  /** JMSMessageID, `ID:…`; undefined when the client set no message-id. docs/amazon-mq.md section 14. */
  readonly id: string | undefined;
  /** Persistent in JMS terms: only a header that says so makes a message durable. docs/amazon-mq.md section 14. */
  readonly durable: boolean;
  /** Milliseconds since the Unix epoch; undefined never expires. */
  readonly expiresAtMs: number | undefined;
  readonly groupId: string | undefined;
  /** Failed deliveries that the sender already counted. */
  readonly deliveryCount: number;
}

const headerFields = { durable: 0, timeToLive: 2, deliveryCount: 4 } as const;
const propertiesFields = { messageId: 0, absoluteExpiryTime: 8, groupId: 10 } as const;

/** Text that a client put before an id to say its type; a string id that begins so is escaped. */
const typePrefix = /^AMQP_(STRING|UUID|ULONG|BINARY):/;

const textOf = (bytes: Buffer, field: WireValue | undefined): string | undefined =>
  field !== undefined && (field.constructorCode === 0xa1 || field.constructorCode === 0xb1)
    ? bytes.toString('utf8', field.contentStart, field.end)
    : undefined;

const booleanOf = (bytes: Buffer, field: WireValue | undefined): boolean =>
  field?.constructorCode === 0x41 || (field?.constructorCode === 0x56 && bytes.readUInt8(field.contentStart) === 1);

const unsignedOf = (bytes: Buffer, field: WireValue | undefined): number | undefined => {
  if (field?.constructorCode === 0x43) return 0;
  if (field?.constructorCode === 0x52) return bytes.readUInt8(field.contentStart);
  if (field?.constructorCode === 0x70) return bytes.readUInt32BE(field.contentStart);
  return undefined;
};

const timestampOf = (bytes: Buffer, field: WireValue | undefined): number | undefined =>
  field?.constructorCode === 0x83 ? Number(bytes.readBigInt64BE(field.contentStart)) : undefined;

const uuidText = (content: Buffer): string =>
  content.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** The id as text, with its AMQP type in front unless it is a plain string. */
const idText = (bytes: Buffer, field: WireValue | undefined): string | undefined => {
  if (field === undefined) return undefined;
  const content = bytes.subarray(field.contentStart, field.end);
  switch (field.constructorCode) {
    case 0xa1:
    case 0xb1: {
      const text = content.toString('utf8');
      return typePrefix.test(text) ? `AMQP_STRING:${text}` : text;
    }
    case 0x98:
      return `AMQP_UUID:${uuidText(content)}`;
    case 0x44:
      return 'AMQP_ULONG:0';
    case 0x53:
      return `AMQP_ULONG:${content.readUInt8(0)}`;
    case 0x80:
      return `AMQP_ULONG:${content.readBigUInt64BE(0)}`;
    case 0xa0:
    case 0xb0:
      return `AMQP_BINARY:${content.toString('hex').toUpperCase()}`;
    default:
      return undefined;
  }
};

/** JMSMessageID of an id's text: `ID:` in front when it is missing. docs/amazon-mq.md section 14. */
const jmsMessageId = (text: string): string => (text.startsWith('ID:') ? text : `ID:${text}`);

/**
 * Reads what the broker needs from an encoded message that arrived at `receivedAtMs`.
 *
 * @throws AmqpDecodeError when the bytes are not a message
 */
export const readIncomingMessage = (bytes: Buffer, receivedAtMs: number): IncomingMessage => {
  const sections = encodedSectionsOf(bytes);
  const fields = (code: number) =>
    fieldsOf(
      bytes,
      sections.find((section) => section.code === code),
    );
  const header = fields(amqpSectionCodes.header);
  const properties = fields(amqpSectionCodes.properties);
  const id = idText(bytes, properties[propertiesFields.messageId]);
  const timeToLiveMs = unsignedOf(bytes, header[headerFields.timeToLive]) ?? 0;
  return {
    bytes,
    id: id === undefined ? undefined : jmsMessageId(id),
    durable: booleanOf(bytes, header[headerFields.durable]),
    expiresAtMs:
      timeToLiveMs > 0
        ? receivedAtMs + timeToLiveMs
        : timestampOf(bytes, properties[propertiesFields.absoluteExpiryTime]),
    groupId: textOf(bytes, properties[propertiesFields.groupId]),
    deliveryCount: unsignedOf(bytes, header[headerFields.deliveryCount]) ?? 0,
  };
};

const encodedUint = (value: number): Buffer => {
  const encoded = Buffer.alloc(5, 0x70);
  encoded.writeUInt32BE(value, 1);
  return encoded;
};

const encodedText = (text: string): Buffer => {
  const content = Buffer.from(text, 'utf8');
  const head = Buffer.alloc(5, 0xb1);
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
};

/** The message with `id` as its message-id: what a consumer gets of a message that came without one. */
export const withMessageId = (bytes: Buffer, id: string): Buffer =>
  withField(bytes, amqpSectionCodes.properties, propertiesFields.messageId, encodedText(id));

/** The message with the number of failed deliveries before this one in its header. */
export const withDeliveryCount = (bytes: Buffer, deliveryCount: number): Buffer =>
  withField(bytes, amqpSectionCodes.header, headerFields.deliveryCount, encodedUint(deliveryCount));
