import { MessageUnidentifiable } from '../runtime/errors.ts';

/**
 * A message-id or correlation-id of AMQP 1.0. rhea gives text, a number for an unsigned long below 2^53, and a Buffer for
 * larger ones, for UUIDs and for bytes; the typed forms say which.
 */
export type AmqpId =
  | string
  | number
  | bigint
  | Uint8Array
  | { readonly uuid: Uint8Array }
  | { readonly binary: Uint8Array };

const uuidBytes = 16;
const ulongBytes = 8;
/** rhea reads an unsigned long whose upper half is below this as a number, a larger one as a Buffer. */
const rheaNumberUpperHalf = 2_097_153;

/** How ActiveMQ writes AMQP ids as text: the broker's AMQPMessageIdHelper, ActiveMQ 5.18. */
const typePrefixes = ['AMQP_STRING:', 'AMQP_UUID:', 'AMQP_ULONG:', 'AMQP_BINARY:'];

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const uuidText = (bytes: Uint8Array): string =>
  hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const uuidBase = (bytes: Uint8Array): string => {
  if (bytes.length === uuidBytes) return `AMQP_UUID:${uuidText(bytes)}`;
  throw new MessageUnidentifiable(`an AMQP id of type uuid has ${bytes.length} bytes instead of 16`);
};

const ulongBase = (value: number | bigint): string => {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new MessageUnidentifiable(
      `the AMQP id ${value} is a number above 2^53 that the client library has rounded; use text or UUIDs as message-ids`,
    );
  }
  if (value >= 0) return `AMQP_ULONG:${value}`;
  throw new MessageUnidentifiable(`the AMQP id ${value} is negative; AMQP ids are unsigned`);
};

const binaryBase = (bytes: Uint8Array): string => `AMQP_BINARY:${hexOf(bytes).toUpperCase()}`;

/** Sixteen bytes are taken for a UUID, and eight for an unsigned long where rhea would give one as a Buffer. */
const untypedBase = (bytes: Uint8Array): string => {
  if (bytes.length === uuidBytes) return uuidBase(bytes);
  const view = Buffer.from(bytes);
  return bytes.length === ulongBytes && view.readUInt32BE(0) >= rheaNumberUpperHalf
    ? ulongBase(view.readBigUInt64BE(0))
    : binaryBase(bytes);
};

/** An AMQP id as the text that ActiveMQ makes of it, before `ID:`; JMSCorrelationID is this text as it stands. */
const baseOf = (id: AmqpId): string => {
  if (typeof id === 'string') return typePrefixes.some((prefix) => id.startsWith(prefix)) ? `AMQP_STRING:${id}` : id;
  if (typeof id === 'number' || typeof id === 'bigint') return ulongBase(id);
  if (id instanceof Uint8Array) return untypedBase(id);
  return 'uuid' in id ? uuidBase(id.uuid) : binaryBase(id.binary);
};

/**
 * The canonical form of a JMSMessageID (OpenWire), a STOMP `message-id` header, or the `messageID` of a Lambda event,
 * which are the same text. Undefined for a message without one.
 */
export const canonicalJmsId = (id: string | null | undefined): string | undefined => {
  if (id === undefined || id === null || id === '' || id === 'ID:') return undefined;
  // A client may be told to make ids without it; an AMQP receiver could not tell those from a plain text.
  return id.startsWith('ID:') ? id : `ID:${id}`;
};

/** What Qpid JMS puts before an AMQP text that does not begin with `ID:`, and before one that looks like an id of its own. */
const qpidPrefix = 'ID:AMQP_NO_PREFIX:';
const qpidEscape = 'ID:AMQP_STRING:ID:AMQP_';

/**
 * The canonical form of a JMSMessageID as any JMS client shows it: those of AMQP (Qpid JMS, AmqpMessageIdHelper) write ids
 * that other clients chose in a way of their own. Undefined for a message without one.
 */
export const canonicalQpidId = (id: string | null | undefined): string | undefined => {
  if (id?.startsWith(qpidPrefix)) return canonicalAmqpId(id.slice(qpidPrefix.length));
  if (id?.startsWith(qpidEscape)) return canonicalAmqpId(id.slice('ID:AMQP_STRING:'.length));
  return canonicalJmsId(id);
};

/**
 * The canonical form of an AMQP 1.0 message-id: the JMSMessageID under which JMS, STOMP and Lambda see the message, so
 * `abc` is `ID:abc`. Undefined for a message without one.
 *
 * @throws MessageUnidentifiable for a value that is no AMQP id, or that the client library has rounded
 */
export const canonicalAmqpId = (id: AmqpId | null | undefined): string | undefined =>
  id === undefined || id === null ? undefined : canonicalJmsId(baseOf(id));

/**
 * The JMSCorrelationID that an AMQP 1.0 correlation-id is to JMS, STOMP and Lambda. Undefined for a message without one.
 *
 * @throws MessageUnidentifiable as `canonicalAmqpId`
 */
export const canonicalAmqpCorrelationId = (id: AmqpId | null | undefined): string | undefined =>
  id === undefined || id === null || id === '' ? undefined : baseOf(id);
