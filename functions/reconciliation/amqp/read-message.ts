import type { AmqpId } from '../../ledger/message-id.ts';
import { propertyText } from '../../ledger/property-text.ts';
import { binaryOf, booleanOf, type EncodedValue, integerOf, textOf, uuidOf } from './encoded-value.ts';
import { type MessageSection, sectionCodes, sectionsOf, valuesOf } from './message-sections.ts';

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
  /** Whether the broker's scheduler made it of one send, and this shows the sender's id; see `HeldMessage`. */
  readonly scheduled: 'once' | 'repeatedly' | undefined;
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

/** Names in a section that is a map. */
const namesIn = (bytes: Buffer, sections: readonly MessageSection[], code: number): readonly string[] =>
  valuesOf(bytes, sections, code).flatMap((value, index) => (index % 2 === 0 ? (textOf(bytes, value) ?? []) : []));

/**
 * What a client asked of the broker's scheduler; such annotations stay on what it makes (docs/amazon-mq.md 14.15). Where
 * the broker converts messages, it shows the scheduler's own id, and `scheduledJobId` with it.
 */
const scheduleOf = (bytes: Buffer, sections: readonly MessageSection[]): AmqpMessageFacts['scheduled'] => {
  const asked = namesIn(bytes, sections, sectionCodes.messageAnnotations).filter((name) =>
    name.startsWith('x-opt-delivery-'),
  );
  if (asked.length === 0) return undefined;
  if (namesIn(bytes, sections, sectionCodes.applicationProperties).includes('scheduledJobId')) return undefined;
  const repeated = asked.some((name) => name === 'x-opt-delivery-repeat' || name === 'x-opt-delivery-cron');
  return repeated ? 'repeatedly' : 'once';
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
    scheduled: scheduleOf(bytes, sections),
  };
};

/** A simple value as the ledger knows it; undefined for null, bytes and compounds, and for times, which JMS has no type for. */
const simpleText = (bytes: Buffer, value: EncodedValue): string | undefined => {
  const timestamp = 0x83;
  const number = value.constructorCode === timestamp ? undefined : integerOf(bytes, value);
  return propertyText(textOf(bytes, value) ?? booleanOf(bytes, value) ?? number);
};

/**
 * An application property of an encoded message as text; undefined for a message without it, and for what protocols show
 * differently (see `propertyText`).
 *
 * @throws UnexpectedAnswer where the bytes are no AMQP 1.0 message
 */
export const applicationProperty = (bytes: Buffer, name: string): string | undefined => {
  const pairs = valuesOf(bytes, sectionsOf(bytes), sectionCodes.applicationProperties);
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const value = pairs[index + 1];
    if (value !== undefined && textOf(bytes, pairs[index]) === name) return simpleText(bytes, value);
  }
  return undefined;
};
