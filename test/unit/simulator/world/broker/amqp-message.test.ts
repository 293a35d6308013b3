import rhea, { type Typed } from 'rhea';
import { describe, expect, it } from 'vitest';
import {
  readIncomingMessage,
  withDeliveryCount,
  withMessageId,
} from '../../../../../simulator/world/broker/amqp-message.ts';
import { AmqpDecodeError, encodedSectionsOf } from '../../../../../simulator/world/broker/amqp-sections.ts';

const encode = (fields: object): Buffer => rhea.message.encode({ body: 'x', ...fields });
const idOf = (messageId: unknown): string | undefined => readIncomingMessage(encode({ message_id: messageId }), 0).id;
const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

describe('readMessage', () => {
  it('writes ids of every AMQP type as JMSMessageID', () => {
    expect(idOf('abc')).toBe('ID:abc');
    expect(idOf('ID:abc')).toBe('ID:abc');
    expect(idOf('ü')).toBe('ID:ü');
    expect(idOf('AMQP_UUID:no')).toBe('ID:AMQP_STRING:AMQP_UUID:no');
    expect(idOf(0)).toBe('ID:AMQP_ULONG:0');
    expect(idOf(7)).toBe('ID:AMQP_ULONG:7');
    expect(idOf(2 ** 40)).toBe('ID:AMQP_ULONG:1099511627776');
    expect(idOf(uuid)).toBe('ID:AMQP_UUID:00112233-4455-6677-8899-aabbccddeeff');
    expect(idOf(rhea.types.wrap_binary(Buffer.from([1, 0xab])))).toBe('ID:AMQP_BINARY:01AB');
    expect(idOf('x'.repeat(300))).toBe(`ID:${'x'.repeat(300)}`);
    expect(idOf(undefined)).toBeUndefined();
  });

  it('takes a message as durable only when its header says so', () => {
    expect(readIncomingMessage(encode({ durable: true }), 0).durable).toBe(true);
    expect(readIncomingMessage(encode({ durable: false }), 0).durable).toBe(false);
    expect(readIncomingMessage(encode({}), 0).durable).toBe(false);
  });

  it('reads expiry, group and earlier failures', () => {
    const fields = { ttl: 1_000, group_id: 'g', delivery_count: 3 };
    expect(readIncomingMessage(encode(fields), 500)).toMatchObject({
      expiresAtMs: 1_500,
      groupId: 'g',
      deliveryCount: 3,
    });
    expect(readIncomingMessage(encode({ absolute_expiry_time: 9_000 }), 500).expiresAtMs).toBe(9_000);
    expect(readIncomingMessage(encode({}), 500)).toMatchObject({ expiresAtMs: undefined, groupId: undefined });
  });

  it('refuses bytes that are no message', () => {
    const whole = encode({ message_id: 'abc' });
    for (const bytes of [
      Buffer.from('hello'),
      whole.subarray(0, whole.length - 1),
      Buffer.from([0, 0x53, 0x10, 0x45]),
    ]) {
      expect(() => readIncomingMessage(bytes, 0)).toThrow(AmqpDecodeError);
    }
  });
});

describe('fields that the broker sets', () => {
  // Integer widths and binary ids that rhea would change if it decoded and encoded the message again.
  const typed: Record<string, Typed> = {
    long: rhea.types.wrap_long(5),
    ubyte: rhea.types.wrap_ubyte(5),
    int: rhea.types.wrap_int(5),
  };
  const bytes = encode({
    durable: true,
    priority: 7,
    ttl: 60_000,
    subject: 's',
    correlation_id: uuid,
    message_annotations: { 'x-opt-a': 1 },
    application_properties: typed,
    body: rhea.message.data_section(Buffer.from('body')),
  });
  const section = (of: Buffer, code: number): Buffer => {
    const found = encodedSectionsOf(of).find((one) => one.code === code);
    return found === undefined ? Buffer.alloc(0) : of.subarray(found.start, found.value.end);
  };

  it('sets the delivery count and leaves every other byte', () => {
    const delivered = withDeliveryCount(bytes, 300);
    expect(rhea.message.decode(delivered)).toMatchObject({
      delivery_count: 300,
      priority: 7,
      durable: true,
      ttl: 60_000,
    });
    for (const code of [0x72, 0x73, 0x74, 0x75]) expect(section(delivered, code)).toEqual(section(bytes, code));
  });

  it('sets a message id where there was none and leaves every other byte', () => {
    const delivered = withMessageId(bytes, 'ID:b-1-1');
    expect(rhea.message.decode(delivered)).toMatchObject({ message_id: 'ID:b-1-1', subject: 's' });
    expect(readIncomingMessage(delivered, 0).id).toBe('ID:b-1-1');
    for (const code of [0x70, 0x72, 0x74, 0x75]) expect(section(delivered, code)).toEqual(section(bytes, code));
  });

  it('adds the sections to a message that has only a body, in their places', () => {
    const body = section(bytes, 0x75);
    const delivered = withMessageId(withDeliveryCount(body, 2), 'ID:1');
    expect(encodedSectionsOf(delivered).map(({ code }) => code)).toEqual([0x70, 0x73, 0x75]);
    expect(rhea.message.decode(delivered)).toMatchObject({ delivery_count: 2, message_id: 'ID:1' });
  });
});
