import { createHash } from 'node:crypto';
import { MessageUnidentifiable } from '../runtime/errors.ts';
import { amqpBodyBytes } from './amqp-body.ts';
import type { IdentifiableMessage } from './identify-message.ts';
import type { AmazonMqRecord } from './lambda-event.ts';
import { type AmqpId, canonicalAmqpCorrelationId, canonicalAmqpId, canonicalJmsId } from './message-id.ts';

/** A message of any protocol as the ledger sees it, and the message itself. */
export interface LedgerMessage<S = unknown> extends IdentifiableMessage {
  /** Canonical: a queue's name as the broker knows it, a topic as `topic://<name>`. */
  readonly destination: string;
  /** What it was made from. */
  readonly source: S;
}

/**
 * The canonical form of a destination: `orders` for `queue://orders` (AMQP, OpenWire) and `/queue/orders` (STOMP), and
 * `topic://prices` for `topic://prices` and `/topic/prices`.
 *
 * @throws MessageUnidentifiable for an empty one
 */
export const canonicalDestination = (name: string): string => {
  const plain = name.replace(/^(?:queue:\/\/|\/queue\/)/, '').replace(/^\/topic\//, 'topic://');
  if (plain !== '' && plain !== 'topic://') return plain;
  throw new MessageUnidentifiable(
    `a message needs a destination in the ledger, since copies on other queues keep its id; "${name}" names none`,
  );
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Text of an application property: JMS, STOMP and Lambda show numbers and booleans as texts. */
const textOf = (value: unknown): string | undefined =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : undefined;

/** An own member: message properties are named by strangers. */
const member = (record: Readonly<Record<string, unknown>> | null | undefined, name: string): unknown =>
  record !== null && record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;

/** What this library reads of an AMQP 1.0 message as rhea decodes it. */
export interface AmqpMessage {
  readonly message_id?: AmqpId | null;
  readonly correlation_id?: AmqpId | null;
  readonly application_properties?: Readonly<Record<string, unknown>> | null;
  readonly body?: unknown;
}

/** An AMQP 1.0 message, and the address of the link that it came by. @throws MessageUnidentifiable */
export const fromAmqp = <M extends AmqpMessage>(message: M, address: string): LedgerMessage<M> => ({
  source: message,
  destination: canonicalDestination(address),
  messageId: canonicalAmqpId(message.message_id),
  correlationId: canonicalAmqpCorrelationId(message.correlation_id),
  property: (name) => textOf(member(message.application_properties, name)),
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
export const fromStomp = <F extends StompFrame>(frame: F): LedgerMessage<F> => ({
  source: frame,
  destination: canonicalDestination(frame.headers.destination ?? ''),
  messageId: canonicalJmsId(frame.headers['message-id']),
  correlationId: frame.headers['correlation-id'] || undefined,
  property: (name) => textOf(member(frame.headers, name)),
  bodySha256: () => sha256(Buffer.from(frame.body)),
});

/** What this library reads of a message of an OpenWire (JMS) client. */
export interface JmsMessage {
  readonly JMSMessageID: string;
  readonly JMSCorrelationID?: string | null;
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Of a text or bytes message. */
  readonly body?: string | Uint8Array;
}

/** A JMS message, and its destination. @throws MessageUnidentifiable */
export const fromJms = <M extends JmsMessage>(message: M, destination: string): LedgerMessage<M> => ({
  source: message,
  destination: canonicalDestination(destination),
  messageId: canonicalJmsId(message.JMSMessageID),
  correlationId: message.JMSCorrelationID || undefined,
  property: (name) => textOf(member(message.properties, name)),
  bodySha256: () => (message.body === undefined ? undefined : sha256(Buffer.from(message.body))),
});

/** A message of a Lambda event. @throws MessageUnidentifiable */
export const fromLambda = (record: AmazonMqRecord): LedgerMessage<AmazonMqRecord> => ({
  source: record,
  destination: canonicalDestination(record.destination.physicalName),
  messageId: canonicalJmsId(record.messageID),
  correlationId: record.correlationID || record.correlationId || undefined,
  property: (name) => textOf(member(record.properties, name)),
  bodySha256: () => sha256(Buffer.from(record.data, 'base64')),
});
