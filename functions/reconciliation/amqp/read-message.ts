import type { AmqpId } from '../../ledger/message-id.ts';
import { binaryOf, booleanOf, type EncodedValue, integerOf, realOf, textOf, uuidOf } from './encoded-value.ts';
import { sectionCodes, sectionsOf, valuesOf } from './message-sections.ts';

/** What a message says of itself in its header and properties. Times are milliseconds since the Unix epoch. */
export interface AmqpMessageFacts {
  readonly messageId: AmqpId | undefined;
  readonly correlationId: AmqpId | undefined;
  readonly groupId: string | undefined;
  readonly createdAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
  /** Time to live that the header gives, from its arrival on. */
  readonly timeToLiveMs: number | undefined;
  readonly durable: boolean;
  /** Failed deliveries before this one. */
  readonly deliveryCount: number;
}

/** Index of the fields in their lists (AMQP 1.0, part 3, sections 3.2.1 and 3.2.4). */
export const headerFields = { durable: 0, timeToLive: 2, deliveryCount: 4 } as const;
export const propertiesFields = {
  messageId: 0,
  correlationId: 5,
  absoluteExpiryTime: 8,
  creationTime: 9,
  groupId: 10,
} as const;

const idOf = (bytes: Buffer, value: EncodedValue | undefined): AmqpId | undefined => {
  const simple = textOf(bytes, value) ?? integerOf(bytes, value);
  if (simple !== undefined) return simple;
  const uuid = uuidOf(bytes, value);
  if (uuid !== undefined) return { uuid };
  const binary = binaryOf(bytes, value);
  return binary === undefined ? undefined : { binary };
};

const numberOf = (bytes: Buffer, value: EncodedValue | undefined): number | undefined => {
  const read = integerOf(bytes, value);
  return read === undefined ? undefined : Number(read);
};

/** Reads header and properties of an encoded message. @throws UnexpectedAnswer where the bytes are no AMQP 1.0 message */
export const readMessage = (bytes: Buffer): AmqpMessageFacts => {
  const sections = sectionsOf(bytes);
  const header = valuesOf(bytes, sections, sectionCodes.header);
  const properties = valuesOf(bytes, sections, sectionCodes.properties);
  return {
    messageId: idOf(bytes, properties[propertiesFields.messageId]),
    correlationId: idOf(bytes, properties[propertiesFields.correlationId]),
    groupId: textOf(bytes, properties[propertiesFields.groupId]),
    createdAtMs: numberOf(bytes, properties[propertiesFields.creationTime]),
    expiresAtMs: numberOf(bytes, properties[propertiesFields.absoluteExpiryTime]),
    timeToLiveMs: numberOf(bytes, header[headerFields.timeToLive]),
    durable: booleanOf(bytes, header[headerFields.durable]) ?? false,
    deliveryCount: numberOf(bytes, header[headerFields.deliveryCount]) ?? 0,
  };
};

/** A simple value as text; undefined for null, bytes and compounds. */
const propertyText = (bytes: Buffer, value: EncodedValue): string | undefined => {
  const simple =
    textOf(bytes, value) ?? booleanOf(bytes, value) ?? integerOf(bytes, value) ?? realOf(bytes, value) ?? undefined;
  return simple === undefined ? undefined : String(simple);
};

/**
 * An application property of an encoded message as text; undefined for a message without it, and for null or bytes.
 *
 * @throws UnexpectedAnswer where the bytes are no AMQP 1.0 message
 */
export const applicationProperty = (bytes: Buffer, name: string): string | undefined => {
  const pairs = valuesOf(bytes, sectionsOf(bytes), sectionCodes.applicationProperties);
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const value = pairs[index + 1];
    if (value !== undefined && textOf(bytes, pairs[index]) === name) return propertyText(bytes, value);
  }
  return undefined;
};
