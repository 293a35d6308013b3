import { createHash } from 'node:crypto';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { canonicalDestination, isCanonicalDestination } from '../../../functions/ledger/destination.ts';
import { parseAmazonMqEvent } from '../../../functions/ledger/lambda-event.ts';
import {
  type AmqpMessage,
  fromAmqp,
  fromJms,
  fromLambda,
  fromStomp,
} from '../../../functions/ledger/ledger-message.ts';
import { canonicalAmqpId } from '../../../functions/ledger/message-id.ts';
import { propertyText } from '../../../functions/ledger/property-text.ts';
import { exampleRecord } from '../../support/amazon-mq-event.ts';

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** As a consumer gets it, after a way over the wire. */
const overTheWire = (message: object): AmqpMessage =>
  rhea.message.decode(rhea.message.encode(message as never)) as unknown as AmqpMessage;

/** One text message as the four protocols show it. */
const text = 'Größe: 5';
const shown = [
  {
    protocol: 'AMQP',
    message: fromAmqp(
      overTheWire({
        message_id: 'abc',
        correlation_id: 'cart-1',
        application_properties: { orderId: '7' },
        body: text,
      }),
      'queue://orders',
    ),
  },
  {
    protocol: 'STOMP',
    message: fromStomp({
      headers: { 'message-id': 'ID:abc', 'correlation-id': 'cart-1', destination: '/queue/orders', orderId: '7' },
      body: text,
    }),
  },
  {
    protocol: 'OpenWire',
    message: fromJms(
      { JMSMessageID: 'ID:abc', JMSCorrelationID: 'cart-1', properties: { orderId: 7 }, body: text },
      'queue://orders',
    ),
  },
  {
    protocol: 'Lambda',
    message: fromLambda({
      ...exampleRecord('ID:abc'),
      correlationID: 'cart-1',
      properties: { orderId: '7' },
      data: Buffer.from(text).toString('base64'),
    }),
  },
];

describe('a message', () => {
  it.each(shown)('is the same to the ledger by $protocol', ({ message }) => {
    expect({
      destination: message.destination,
      messageId: message.messageId,
      correlationId: message.correlationId,
      property: message.property('orderId'),
      missing: message.property('toString'),
      body: message.bodySha256(),
    }).toEqual({
      destination: 'orders',
      messageId: 'ID:abc',
      correlationId: 'cart-1',
      property: '7',
      missing: undefined,
      body: sha256(text),
    });
  });

  it('of bytes has the same hash by every protocol', () => {
    const bytes = Buffer.from('00ff80', 'hex');
    const { data_section, data_sections } = rhea.message;
    const hashes = [
      fromAmqp(overTheWire({ body: data_section(bytes) }), 'orders').bodySha256(),
      fromAmqp(overTheWire({ body: data_sections([bytes.subarray(0, 1), bytes.subarray(1)]) }), 'orders').bodySha256(),
      fromAmqp(overTheWire({ body: bytes }), 'orders').bodySha256(),
      fromStomp({ headers: { destination: '/queue/orders' }, body: bytes }).bodySha256(),
      fromJms({ JMSMessageID: 'ID:a', body: bytes }, 'orders').bodySha256(),
      fromLambda({ ...exampleRecord('ID:a'), data: bytes.toString('base64') }).bodySha256(),
    ];
    expect(hashes).toEqual(hashes.map(() => sha256(bytes)));
  });

  it('of a map, a list or nothing has no hash', () => {
    for (const body of [{ a: 1 }, [1, 2], 5, null, rhea.message.sequence_section([1])]) {
      expect(fromAmqp(overTheWire({ body }), 'orders').bodySha256()).toBeUndefined();
    }
    expect(fromJms({ JMSMessageID: 'ID:a' }, 'orders').bodySha256()).toBeUndefined();
  });

  it('has no property where AMQP has a value that other protocols show otherwise', () => {
    const message = fromAmqp({ application_properties: { at: new Date(0), ok: true, n: 5n } }, 'orders');
    expect([message.property('at'), message.property('ok'), message.property('n')]).toEqual([undefined, 'true', '5']);
  });

  it('without ids says so', () => {
    const { correlationId: _, ...record } = exampleRecord('');
    for (const message of [
      fromAmqp({}, 'orders'),
      fromStomp({ headers: { destination: '/queue/orders' }, body: '' }),
      fromJms({ JMSMessageID: '' }, 'orders'),
      fromLambda({ ...record, correlationID: '' }),
    ]) {
      expect([message.messageId, message.correlationId, message.property('x')]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  it('of Lambda is read in both spellings of the correlation id', () => {
    expect(fromLambda(exampleRecord('ID:a')).correlationId).toBe('myJMSCoID');
    expect(fromLambda({ ...exampleRecord('ID:a'), correlationID: 'other' }).correlationId).toBe('other');
  });
});

describe('a destination', () => {
  it.each([
    ['address', 'orders', 'orders'],
    ['address', 'queue://orders', 'orders'],
    ['address', ' orders ', 'orders'],
    ['address', 'queue:// orders', 'orders'],
    ['address', 'orders?consumer.prefetchSize=10', 'orders'],
    ['address', 'queue://orders?consumer.exclusive=true&consumer.priority=127', 'orders'],
    // The broker trims before it looks for options, and knows prefixes only at the very beginning.
    ['address', 'orders ?a=b', 'orders '],
    ['address', '  queue://orders', 'queue://orders'],
    ['address', 'queue://queue://orders', 'queue://orders'],
    ['address', '/queue/orders', '/queue/orders'],
    ['address', 'Queue://orders', 'Queue://orders'],
    ['address', 'Consumer.a.VirtualTopic.b?consumer.prefetchSize=1', 'Consumer.a.VirtualTopic.b'],
    ['stomp', '/queue/orders', 'orders'],
    ['stomp', ' /queue/orders ', 'orders'],
    ['stomp', '/queue/orders?consumer.prefetchSize=10', 'orders'],
    ['stomp', '/queue//queue/orders', '/queue/orders'],
    ['name', 'orders', 'orders'],
    ['name', '/queue/orders', '/queue/orders'],
    ['name', 'queue://orders', 'queue://orders'],
    ['name', ' orders ', ' orders '],
  ] as const)('as %s "%s" is "%s"', (syntax, text, canonical) => {
    expect(canonicalDestination(text, syntax)).toBe(canonical);
    expect(isCanonicalDestination(canonical)).toBe(true);
  });

  it.each([
    ['address', '', 'empty'],
    ['address', '  ', 'empty'],
    ['address', 'queue://', 'empty'],
    ['address', '?a=b', 'empty'],
    ['stomp', '/queue/', 'empty'],
    ['stomp', 'orders', 'begin with /queue/'],
    ['address', 'orders,invoices', 'list of queues'],
    ['stomp', '/queue/orders,/queue/invoices', 'list of queues'],
    ['address', 'orders.*', 'several queues'],
    ['address', 'orders.>?consumer.prefetchSize=1', 'several queues'],
    ['name', 'orders.>', 'several queues'],
    ['name', 'orders?a=b', 'options'],
    ['address', 'topic://prices', 'subscription'],
    ['address', 'topic://VirtualTopic.orders', 'Consumer.<name>'],
    ['stomp', '/topic/prices', 'subscription'],
    ['address', 'temp-queue://a', 'temporary'],
    ['stomp', '/temp-topic/a', 'temporary'],
  ] as const)('as %s "%s" is refused: %s', (syntax, text, why) => {
    expect(() => canonicalDestination(text, syntax)).toThrow(
      expect.objectContaining({ name: 'MessageUnidentifiable', message: expect.stringContaining(why) }),
    );
  });

  it('of a topic is that of one subscription, so that two subscribers never share a key', () => {
    const by = (subscription: string) =>
      fromJms({ JMSMessageID: 'ID:a' }, 'topic://prices?consumer.retroactive=true', { subscription }).destination;
    expect(by('billing')).toBe('topic://prices?subscription=billing');
    expect(fromAmqp({ message_id: 'a' }, 'topic://prices', { subscription: 'billing' }).destination).toBe(
      by('billing'),
    );
    const frame = { headers: { destination: '/topic/prices', 'message-id': 'ID:a' }, body: '' };
    expect(fromStomp(frame, { subscription: 'billing' }).destination).toBe(by('billing'));
    expect(by('audit')).not.toBe(by('billing'));
    expect(isCanonicalDestination(by('billing'))).toBe(true);
    expect(isCanonicalDestination('topic://prices')).toBe(false);
  });
});

describe('an id that Qpid JMS shows', () => {
  it.each([
    ['ID:AMQP_NO_PREFIX:abc', 'abc'],
    ['ID:AMQP_NO_PREFIX:AMQP_ULONG:5', 'AMQP_ULONG:5'],
    ['ID:AMQP_STRING:ID:AMQP_ULONG:5', 'ID:AMQP_ULONG:5'],
    ['ID:AMQP_ULONG:5', 5],
    ['ID:e1b2:1:1:1-1', 'ID:e1b2:1:1:1-1'],
  ])('"%s" is what an AMQP client shows as %s', (shown, amqp) => {
    expect(fromJms({ JMSMessageID: shown }, 'orders').messageId).toBe(canonicalAmqpId(amqp));
  });
});

describe('a message that the scheduler repeats', () => {
  const message = {
    message_id: 'rep',
    message_annotations: { 'x-opt-delivery-repeat': 2, 'x-opt-delivery-period': 5 },
  };

  it('has no id of its own to AMQP clients', () => {
    expect(fromAmqp(message, 'orders').messageId).toBeUndefined();
    const cron = { message_id: 'rep', message_annotations: { 'x-opt-delivery-cron': '* * * * *' } };
    expect(fromAmqp(cron, 'orders').messageId).toBeUndefined();
  });

  it('has one where the broker shows the id that the scheduler gave, and where it comes once', () => {
    expect(fromAmqp({ ...message, application_properties: { scheduledJobId: 'ID:j' } }, 'orders').messageId).toBe(
      'ID:rep',
    );
    const once = { message_id: 'a', message_annotations: { 'x-opt-delivery-delay': 100 } };
    expect(fromAmqp(once, 'orders').messageId).toBe('ID:a');
  });
});

describe('the creation time of a message', () => {
  it('is the same by every protocol, and unknown where it is 0 or missing', () => {
    const atMs = 1_790_000_000_123;
    const known = [
      fromAmqp({ creation_time: new Date(atMs) }, 'orders'),
      fromAmqp({ creation_time: atMs }, 'orders'),
      fromStomp({ headers: { destination: '/queue/orders', timestamp: String(atMs) }, body: '' }),
      fromJms({ JMSMessageID: 'ID:a', JMSTimestamp: atMs }, 'orders'),
      fromJms({ JMSMessageID: 'ID:a', JMSTimestamp: BigInt(atMs) }, 'orders'),
      fromLambda({ ...exampleRecord('ID:a'), timestamp: atMs }),
    ];
    expect(known.map(({ createdAtMs }) => createdAtMs)).toEqual(known.map(() => atMs));
    const unknown = [
      fromAmqp({}, 'orders'),
      fromStomp({ headers: { destination: '/queue/orders', timestamp: '0' }, body: '' }),
      fromJms({ JMSMessageID: 'ID:a', JMSTimestamp: 0 }, 'orders'),
      fromLambda({ ...exampleRecord('ID:a'), timestamp: 0 }),
    ];
    expect(unknown.map(({ createdAtMs }) => createdAtMs)).toEqual(unknown.map(() => undefined));
  });
});

describe('a property that protocols show differently', () => {
  it('is none: floats, doubles, their texts, and numbers that were rounded', () => {
    const shown = [
      0.1,
      0.10000000149011612,
      1e21,
      9_007_199_254_740_992,
      Number.NaN,
      '0.1',
      '7.0',
      '1.0E21',
      '-2.5E-7',
      'NaN',
    ];
    expect(shown.map(propertyText)).toEqual(shown.map(() => undefined));
  });

  it('is a text where all agree', () => {
    expect([7, -7, 7n, 9_007_199_254_740_993n, true, 'order 7', '1.', '7', '1e5', ''].map(propertyText)).toEqual([
      '7',
      '-7',
      '7',
      '9007199254740993',
      'true',
      'order 7',
      '1.',
      '7',
      '1e5',
      '',
    ]);
  });
});

describe('the hash of a body that protocols show differently', () => {
  const native = { JMS_AMQP_NATIVE: 'true' };

  it('is none for JMS, STOMP and Lambda where the broker keeps an AMQP message as it came', () => {
    const messages = [
      fromStomp({ headers: { destination: '/queue/orders', ...native }, body: 'x' }),
      fromJms({ JMSMessageID: 'ID:a', properties: { JMS_AMQP_NATIVE: true }, body: 'x' }, 'orders'),
      fromLambda({ ...exampleRecord('ID:a'), properties: native }),
    ];
    expect(messages.map((message) => message.bodySha256())).toEqual([undefined, undefined, undefined]);
  });

  it('is that of plain UTF-8 for a text that STOMP shows as Java stores it', () => {
    const destination = '/queue/orders';
    const javas = Buffer.from('4772c3b6c39f6520eda0bdedb880c08021', 'hex');
    expect(fromStomp({ headers: { destination }, body: javas }).bodySha256()).toBe(sha256('Größe 😀\0!'));
    // Bytes are bytes.
    const bytes = fromStomp({ headers: { destination, 'content-length': '17' }, body: javas });
    expect(bytes.bodySha256()).toBe(sha256(javas));
    expect(fromStomp({ headers: { destination }, body: 'a\ufffdb' }).bodySha256()).toBeUndefined();
  });
});

describe('the event of an ActiveMQ broker', () => {
  it('is told from others', () => {
    for (const event of [{}, null, 5, { eventSource: 'aws:rmq', rmqMessagesByQueue: {} }]) {
      expect(() => parseAmazonMqEvent(event)).toThrow(
        expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining('"aws:mq"') }),
      );
    }
  });

  it('is refused with the place of a record that lacks something', () => {
    const { destination: _, ...record } = exampleRecord('ID:b');
    const event = { eventSource: 'aws:mq', eventSourceArn: 'arn:b', messages: [exampleRecord('ID:a'), record] };
    expect(() => parseAmazonMqEvent(event)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining('messages[1]') }),
    );
    expect(() => parseAmazonMqEvent({ eventSource: 'aws:mq' })).toThrow(
      expect.objectContaining({ name: 'InvalidInput' }),
    );
  });

  it('may have records without a body: only an identity by the body needs one', () => {
    const { data: _, ...record } = exampleRecord('ID:b');
    const event = { eventSource: 'aws:mq', eventSourceArn: 'arn:b', messages: [record] };
    const [message] = parseAmazonMqEvent(event).messages.map(fromLambda);
    expect(message).toMatchObject({ messageId: 'ID:b', destination: 'orders' });
    expect(message?.bodySha256()).toBeUndefined();
  });
});
