import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import {
  type AmqpId,
  canonicalAmqpCorrelationId,
  canonicalAmqpId,
  canonicalJmsId,
} from '../../../functions/ledger/message-id.ts';
import vectors from '../../support/message-id-vectors.json' with { type: 'json' };
import { hex, type IdVector, typedId } from '../../support/message-id-vectors.ts';

/** The id as a consumer gets it from rhea, after a way over the wire. */
const received = (vector: IdVector): AmqpId => {
  const encoded = rhea.message.encode({ message_id: typedId(vector) as string, body: '' });
  return (rhea.message.decode(encoded) as unknown as { message_id: AmqpId }).message_id;
};

describe('a canonical message id', () => {
  it.each(vectors.amqp)('is the JMSMessageID that ActiveMQ makes of an AMQP id: $name', (vector) => {
    expect(canonicalAmqpId(received(vector))).toBe(vector.jms);
  });

  it.each(vectors.amqp)('stays what it is when JMS, STOMP or Lambda read it: $name', ({ jms }) => {
    expect(canonicalJmsId(jms)).toBe(jms);
  });

  it.each(vectors.jms)('is the same for JMS, STOMP, Lambda and an AMQP consumer: $name', ({ value, canonical }) => {
    expect(canonicalJmsId(value)).toBe(canonical);
    // ActiveMQ shows an AMQP consumer the text as it stands.
    expect(canonicalAmqpId(value)).toBe(canonical);
  });

  it('tells bytes of any length from UUIDs and large numbers when their type is given', () => {
    const bytes = hex('ff112233445566778899aabbccddeeff');
    expect(canonicalAmqpId(bytes)).toBe('ID:AMQP_UUID:ff112233-4455-6677-8899-aabbccddeeff');
    expect(canonicalAmqpId({ uuid: bytes })).toBe('ID:AMQP_UUID:ff112233-4455-6677-8899-aabbccddeeff');
    expect(canonicalAmqpId({ binary: bytes })).toBe('ID:AMQP_BINARY:FF112233445566778899AABBCCDDEEFF');
    expect(canonicalAmqpId({ binary: hex('ffffffffffffffff') })).toBe('ID:AMQP_BINARY:FFFFFFFFFFFFFFFF');
    expect(canonicalAmqpId(18_446_744_073_709_551_615n)).toBe('ID:AMQP_ULONG:18446744073709551615');
  });

  it('is undefined for a message without one', () => {
    for (const none of [undefined, null, '']) {
      expect(canonicalAmqpId(none)).toBeUndefined();
      expect(canonicalJmsId(none)).toBeUndefined();
    }
    expect(canonicalJmsId('ID:')).toBeUndefined();
  });

  it('is refused where the client library has rounded a number', () => {
    // rhea gives 2^53 + 1 as the number 2^53.
    const rounded = received({ type: 'ulong', value: '9007199254740993' });
    expect(rounded).toBe(9_007_199_254_740_992);
    expect(() => canonicalAmqpId(rounded)).toThrow(
      expect.objectContaining({
        name: 'MessageUnidentifiable',
        message: expect.stringContaining('use text or UUIDs as message-ids'),
      }),
    );
  });

  it('is refused for values that are no AMQP id', () => {
    expect(() => canonicalAmqpId(-1)).toThrow(expect.objectContaining({ name: 'MessageUnidentifiable' }));
    expect(() => canonicalAmqpId(0.5)).toThrow(expect.objectContaining({ name: 'MessageUnidentifiable' }));
    expect(() => canonicalAmqpId({ uuid: hex('00') })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('1 bytes instead of 16') }),
    );
  });
});

describe('a canonical correlation id', () => {
  it.each([
    ['abc', 'abc'],
    [5, 'AMQP_ULONG:5'],
    ['AMQP_ULONG:5', 'AMQP_STRING:AMQP_ULONG:5'],
    [hex('00112233445566778899aabbccddeeff'), 'AMQP_UUID:00112233-4455-6677-8899-aabbccddeeff'],
    ['', undefined],
    [undefined, undefined],
  ])('of AMQP %j is the JMSCorrelationID %j', (id, expected) => {
    expect(canonicalAmqpCorrelationId(id)).toBe(expected);
  });
});
