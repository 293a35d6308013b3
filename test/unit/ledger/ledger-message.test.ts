import { createHash } from 'node:crypto';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { parseAmazonMqEvent } from '../../../functions/ledger/lambda-event.ts';
import {
  type AmqpMessage,
  canonicalDestination,
  fromAmqp,
  fromJms,
  fromLambda,
  fromStomp,
} from '../../../functions/ledger/ledger-message.ts';
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
    ['orders', 'orders'],
    ['queue://orders', 'orders'],
    ['/queue/orders', 'orders'],
    ['topic://prices', 'topic://prices'],
    ['/topic/prices', 'topic://prices'],
    ['Consumer.a.VirtualTopic.b', 'Consumer.a.VirtualTopic.b'],
  ])('%s is %s', (name, canonical) => {
    expect(canonicalDestination(name)).toBe(canonical);
  });

  it.each(['', 'queue://', '/queue/', 'topic://', '/topic/'])('"%s" names none', (name) => {
    expect(() => canonicalDestination(name)).toThrow(expect.objectContaining({ name: 'MessageUnidentifiable' }));
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
    const { data: _, ...record } = exampleRecord('ID:b');
    const event = { eventSource: 'aws:mq', eventSourceArn: 'arn:b', messages: [exampleRecord('ID:a'), record] };
    expect(() => parseAmazonMqEvent(event)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining('messages[1]') }),
    );
    expect(() => parseAmazonMqEvent({ eventSource: 'aws:mq' })).toThrow(
      expect.objectContaining({ name: 'InvalidInput' }),
    );
  });
});
