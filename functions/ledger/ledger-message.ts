import { createHash } from 'node:crypto';
import { amqpBodyBytes } from './amqp-body.ts';
import { canonicalDestination } from './destination.ts';
import type { IdentifiableMessage } from './identify-message.ts';
import type { AmazonMqRecord } from './lambda-event.ts';
import {
  type AmqpId,
  canonicalAmqpCorrelationId,
  canonicalAmqpId,
  canonicalJmsId,
  canonicalQpidId,
} from './message-id.ts';
import { propertyText } from './property-text.ts';
import { plainUtf8 } from './stomp-text.ts';

/** A message of any protocol as the ledger sees it, and the message itself. */
export interface LedgerMessage<S = unknown> extends IdentifiableMessage {
  /** Canonical: a queue's name as the broker knows it, or `topic://<name>?subscription=<subscription>`. */
  readonly destination: string;
  /**
   * When the producer made it, in milliseconds since the Unix epoch; undefined where it does not say. It tells a message
   * from an older one with the same id.
   */
  readonly createdAtMs?: number | undefined;
  /** What it was made from. */
  readonly source: S;
}

/** How a message came. */
export interface MessageSource {
  /**
   * Of a topic, and required there: the subscription that it came by, the same text in both Regions, such as the client id
   * and the name of a durable subscription. Each subscriber gets a topic's message under the same id.
   */
  readonly subscription?: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** An own member: message properties are named by strangers. */
const member = (record: Readonly<Record<string, unknown>> | null | undefined, name: string): unknown =>
  record !== null && record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;

/** A time as the protocols tell it; they all write 0 for none. */
const timeOf = (value: unknown): number | undefined => {
  const time = value instanceof Date ? value.getTime() : Number(value ?? 0);
  return Number.isSafeInteger(time) && time > 0 ? time : undefined;
};

/**
 * Whether a message is an AMQP client's, kept by the broker's `native` transformer as it came: to everybody but AMQP clients
 * its body is the whole encoded message, so that no hash of it agrees (docs/amazon-mq.md 14.15).
 */
const isNativeAmqp = (properties: Readonly<Record<string, unknown>> | null | undefined): boolean =>
  member(properties, 'JMS_AMQP_NATIVE') !== undefined;

/** What this library reads of an AMQP 1.0 message as rhea decodes it. */
export interface AmqpMessage {
  readonly message_id?: AmqpId | null;
  readonly correlation_id?: AmqpId | null;
  readonly creation_time?: Date | number | null;
  readonly application_properties?: Readonly<Record<string, unknown>> | null;
  readonly message_annotations?: Readonly<Record<string, unknown>> | null;
  readonly body?: unknown;
}

/**
 * Whether a message is one of many that the broker's scheduler makes of one send, all with the sender's id. The other
 * transformers show the ids that the scheduler gave, and its `scheduledJobId` with them.
 */
const isRepeated = ({ message_annotations: annotations, application_properties: properties }: AmqpMessage): boolean =>
  ['x-opt-delivery-repeat', 'x-opt-delivery-cron'].some((name) => member(annotations, name) !== undefined) &&
  member(properties, 'scheduledJobId') === undefined;

/** An AMQP 1.0 message, and the address of the link that it came by. @throws MessageUnidentifiable */
export const fromAmqp = <M extends AmqpMessage>(
  message: M,
  address: string,
  { subscription }: MessageSource = {},
): LedgerMessage<M> => ({
  source: message,
  destination: canonicalDestination(address, 'address', subscription),
  messageId: isRepeated(message) ? undefined : canonicalAmqpId(message.message_id),
  correlationId: canonicalAmqpCorrelationId(message.correlation_id),
  createdAtMs: timeOf(message.creation_time),
  property: (name) => propertyText(member(message.application_properties, name)),
  bodySha256: () => {
    const bytes = amqpBodyBytes(message.body);
    return bytes && sha256(bytes);
  },
});

/** A STOMP MESSAGE frame: its headers, unescaped, and its body. */
export interface StompFrame {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A STOMP message. @throws MessageUnidentifiable */
export const fromStomp = <F extends StompFrame>(frame: F, { subscription }: MessageSource = {}): LedgerMessage<F> => ({
  source: frame,
  destination: canonicalDestination(frame.headers.destination ?? '', 'stomp', subscription),
  messageId: canonicalJmsId(frame.headers['message-id']),
  correlationId: frame.headers['correlation-id'] || undefined,
  createdAtMs: timeOf(frame.headers.timestamp),
  property: (name) => propertyText(member(frame.headers, name)),
  bodySha256: () => {
    // The broker names the length of bytes, and not of a text.
    const bytes = frame.headers['content-length'] === undefined ? plainUtf8(frame.body) : Buffer.from(frame.body);
    return bytes === undefined || isNativeAmqp(frame.headers) ? undefined : sha256(bytes);
  },
});

/** What this library reads of a message of a JMS client, of OpenWire's or of AMQP's (Qpid). */
export interface JmsMessage {
  readonly JMSMessageID: string;
  readonly JMSCorrelationID?: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly JMSTimestamp?: number | bigint | null;
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Of a text or bytes message. */
  readonly body?: string | Uint8Array;
}

/** A JMS message, and its destination. @throws MessageUnidentifiable */
export const fromJms = <M extends JmsMessage>(
  message: M,
  destination: string,
  { subscription }: MessageSource = {},
): LedgerMessage<M> => ({
  source: message,
  destination: canonicalDestination(destination, 'address', subscription),
  messageId: canonicalQpidId(message.JMSMessageID),
  correlationId: message.JMSCorrelationID || undefined,
  createdAtMs: timeOf(message.JMSTimestamp),
  property: (name) => propertyText(member(message.properties, name)),
  bodySha256: () =>
    message.body === undefined || isNativeAmqp(message.properties) ? undefined : sha256(Buffer.from(message.body)),
});

/** A message of a Lambda event. @throws MessageUnidentifiable */
export const fromLambda = (record: AmazonMqRecord): LedgerMessage<AmazonMqRecord> => ({
  source: record,
  destination: canonicalDestination(record.destination.physicalName, 'name'),
  messageId: canonicalJmsId(record.messageID),
  correlationId: record.correlationID || record.correlationId || undefined,
  createdAtMs: timeOf(record.timestamp),
  property: (name) => propertyText(member(record.properties, name)),
  bodySha256: () =>
    typeof record.data !== 'string' || isNativeAmqp(record.properties)
      ? undefined
      : sha256(Buffer.from(record.data, 'base64')),
});
