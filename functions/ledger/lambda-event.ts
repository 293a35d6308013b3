import { InvalidInput } from '../runtime/errors.ts';

/**
 * One message as Lambda's event source mapping for Amazon MQ brokers with ActiveMQ hands it over; only what this library
 * reads. Source: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export interface AmazonMqRecord {
  /** The JMSMessageID. */
  readonly messageID: string;
  /** `jms/text-message` or `jms/bytes-message`; the mapping knows no other kinds. */
  readonly messageType: string;
  /** The body, base64. */
  readonly data: string;
  readonly destination: { readonly physicalName: string };
  readonly redelivered: boolean;
  /** The documentation spells it so; events have been seen with `correlationID`. */
  readonly correlationId?: string | null;
  readonly correlationID?: string | null;
  readonly properties?: Readonly<Record<string, string>> | null;
  readonly deliveryMode?: number;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp?: number;
}

/** What a function gets from the event source mapping of an ActiveMQ broker. */
export interface AmazonMqEvent {
  readonly eventSource: 'aws:mq';
  readonly eventSourceArn: string;
  readonly messages: readonly AmazonMqRecord[];
}

/** Only what every identity needs; whether a message has what its own is made of is judged message by message. */
const isRecord = (value: unknown): value is AmazonMqRecord => {
  const { messageID, destination } = (value ?? {}) as Partial<Record<keyof AmazonMqRecord, unknown>>;
  const { physicalName } = (destination ?? {}) as { readonly physicalName?: unknown };
  return (
    (messageID === null || typeof messageID === 'string' || messageID === undefined) && typeof physicalName === 'string'
  );
};

/** @throws InvalidInput for anything but an event of an ActiveMQ broker's event source mapping */
export const parseAmazonMqEvent = (event: unknown): AmazonMqEvent => {
  const { eventSource, messages } = (event ?? {}) as Partial<Record<keyof AmazonMqEvent, unknown>>;
  if (eventSource !== 'aws:mq') {
    const found = eventSource === undefined ? 'no eventSource' : `eventSource "${String(eventSource)}"`;
    throw new InvalidInput(
      `the ledger's middleware got an event with ${found}; it is for functions behind an event source mapping of an ` +
        'ActiveMQ broker, whose events have "aws:mq" (RabbitMQ brokers send "aws:rmq", and have no ledger)',
      { eventSource },
    );
  }
  const wrong = Array.isArray(messages) ? messages.findIndex((message) => !isRecord(message)) : 0;
  if (wrong === -1) return event as AmazonMqEvent;
  throw new InvalidInput(
    `the event of ${String((event as Partial<AmazonMqEvent>).eventSourceArn)} has no usable messages[${wrong}]: it needs ` +
      'a text as destination.physicalName, and as messageID if there is one',
    { index: wrong },
  );
};
