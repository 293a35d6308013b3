import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../../functions/reconciliation/openwire/byte-reader.ts';
import { bytesOf, textOf } from '../../../../functions/reconciliation/openwire/message-body.ts';
import { messageCopy } from '../../../../functions/reconciliation/openwire/message-copy.ts';
import { FrameTooLarge, MalformedFrame } from '../../../../functions/reconciliation/openwire/openwire-errors.ts';
import { type PrimitiveValue, readPrimitiveMap } from '../../../../functions/reconciliation/openwire/primitive-map.ts';
import { WireMessage } from '../../../../functions/reconciliation/openwire/wire-message.ts';
import { recordedMessages } from './recorded-messages.ts';

/** A property as KindsTool prints it. */
const printed = (value: PrimitiveValue): string => {
  const names: Readonly<Record<string, string>> = { int: 'integer' };
  if (value.type === 'null') return 'null';
  const text = value.type === 'double' && Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  return `${names[value.type] ?? value.type}:${text}`;
};

const printedProperties = (message: WireMessage): string => {
  const entries = [...message.properties()].map(([name, value]) => `${name}=${printed(value)}`);
  if (message.groupId !== undefined) {
    entries.push(`JMSXGroupID=string:${message.groupId}`, `JMSXGroupSeq=integer:${message.groupSequence}`);
  }
  return entries.sort().join(',');
};

const printedDestination = (message: WireMessage): string | null =>
  message.replyTo === undefined ? null : `${message.replyTo.kind}://${message.replyTo.name}`;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const named = (what: string): (typeof recordedMessages)[number] => {
  const found = recordedMessages.find((message) => message.what.startsWith(what));
  if (found === undefined) throw new Error(`nothing recorded of ${what}`);
  return found;
};

const head = {
  commandId: 17,
  responseRequired: true,
  producer: { connectionId: 'ID:copy', sessionId: 1n, value: 1n },
  queue: 'quarantine',
  transaction: { connectionId: 'ID:copy', value: 3 },
} as const;

describe('a message of a broker', () => {
  it.each(recordedMessages)('reads as in JMS: $what', ({ bytes, known }) => {
    const message = new WireMessage(bytes);
    expect({
      id: message.messageId,
      kind: message.kind,
      correlationId: message.correlationId ?? null,
      type: message.type ?? null,
      priority: message.priority,
      mode: message.persistent ? 2 : 1,
      timestamp: message.timestampMs,
      expiration: message.expiresAtMs,
      group: message.groupId ?? null,
      groupSequence: message.groupSequence,
      compressed: message.compressed,
      properties: printedProperties(message),
    }).toEqual({
      id: known.id,
      kind: known.kind,
      correlationId: known.correlationId,
      type: known.type,
      priority: known.priority,
      mode: known.mode,
      timestamp: known.timestamp,
      expiration: known.expiration,
      group: known.group,
      groupSequence: known.groupSequence,
      compressed: known.compressed,
      properties: known.properties,
    });
    if (known.replyTo?.startsWith('temp') !== true) expect(printedDestination(message)).toBe(known.replyTo);
    if (known.kind === 'text') expect(textOf(message) ?? null).toBe(known.body);
    if (known.kind === 'bytes') expect(sha256(bytesOf(message))).toBe(known.body);
  });

  it('is refused when it is of no known kind', () => {
    expect(() => new WireMessage(Buffer.from([100, 0, 0, 0, 0, 0]))).toThrow(MalformedFrame);
  });

  it('has no text larger than is allowed when it is inflated', () => {
    const message = new WireMessage(named('compressed ActiveMQText').bytes);
    expect(() => textOf(message, 5)).toThrow(FrameTooLarge);
  });
});

describe('a copy', () => {
  it.each(recordedMessages)('has other words at its head, and everything else: $what', ({ bytes }) => {
    const original = new WireMessage(bytes);
    const copy = new WireMessage(Buffer.concat(messageCopy(original, { ...head, identity: undefined })));
    expect(copy.kind).toBe(original.kind);
    expect(copy.destination).toEqual({ kind: 'queue', name: 'quarantine' });
    expect(copy.id).toEqual(original.id);
    const rest = Buffer.from(original.bytes.subarray(original.parts.restAt));
    rest[original.groupFirstAt - original.parts.restAt] = 0;
    expect(copy.bytes.subarray(copy.parts.restAt).equals(rest)).toBe(true);
    // The original is as it was.
    expect(original.bytes.equals(bytes)).toBe(true);
  });

  it('drops the mark of the first of a group, wherever it stands', () => {
    const marked = recordedMessages
      .map(({ bytes }) => new WireMessage(bytes))
      .filter((each) => each.bytes[each.groupFirstAt] === 1);
    expect(marked.length).toBeGreaterThan(0);
    for (const original of marked) {
      const copy = new WireMessage(Buffer.concat(messageCopy(original, { ...head, identity: undefined })));
      expect(copy.bytes[copy.groupFirstAt]).toBe(0);
    }
  });

  it.each(['JMS', 'AMQP'])('keeps the id that JMS shows under a new identity: %s', (what) => {
    const original = new WireMessage(named(what).bytes);
    const textView = original.id.textView ?? original.messageId;
    const copy = new WireMessage(
      Buffer.concat(messageCopy(original, { ...head, identity: { sequence: 5n, textView } })),
    );
    expect(copy.messageId).toBe(original.messageId);
    expect(copy.id).toMatchObject({ producer: head.producer, sequence: 5n });
    expect(copy.timestampMs).toBe(original.timestampMs);
    expect(copy.properties()).toEqual(original.properties());
  });
});

describe('a map of values', () => {
  const nested = (levels: number): Buffer => {
    const level = Buffer.from('000000010001610b', 'hex');
    return Buffer.concat([...Array.from({ length: levels }, () => level), Buffer.from('00000000', 'hex')]);
  };

  it('is read 127 levels deep, and no deeper', () => {
    expect(() => readPrimitiveMap(new ByteReader(nested(127)))).not.toThrow();
    expect(() => readPrimitiveMap(new ByteReader(nested(128)))).toThrow(MalformedFrame);
    expect(() => readPrimitiveMap(new ByteReader(nested(100_000)))).toThrow(MalformedFrame);
  });

  it.each(['7fffffff', '00000010'])('with 0x%s entries announced is refused before they are read', (count) => {
    expect(() => readPrimitiveMap(new ByteReader(Buffer.from(count, 'hex')))).toThrow(MalformedFrame);
  });

  it('reads every type', () => {
    const entries = [
      '0001610100', // boolean false
      '00016202ff', // byte -1
      '000163034e2d', // char
      '00016404fffe', // short -2
      '00016505fffffffd', // int -3
      '00016606fffffffffffffffc', // long -4
      '000167073ff8000000000000', // double 1.5
      '0001680840200000', // float 2.5
    ];
    const map = readPrimitiveMap(
      new ByteReader(
        Buffer.from(
          `0000000c${entries.join('')}000169090002c3a400016a0a000000020001` +
            '00016b0c00000002000101' +
            '00016c0d0000000178',
          'hex',
        ),
      ),
    );
    expect([...map.values()]).toEqual([
      { type: 'boolean', value: false },
      { type: 'byte', value: -1 },
      { type: 'char', value: '中' },
      { type: 'short', value: -2 },
      { type: 'int', value: -3 },
      { type: 'long', value: -4n },
      { type: 'double', value: 1.5 },
      { type: 'float', value: 2.5 },
      { type: 'string', value: 'ä' },
      { type: 'bytes', value: Buffer.from([0, 1]) },
      { type: 'list', value: [{ type: 'null' }, { type: 'boolean', value: true }] },
      { type: 'string', value: 'x' },
    ]);
  });

  it.each(['0a', '0d'])(
    'with a value of type 0x%s of a negative length is refused: it would be read again and again',
    (type) => {
      const bytes = Buffer.from(`00000001000161${type}fffffff8`, 'hex');
      expect(() => readPrimitiveMap(new ByteReader(bytes))).toThrow(MalformedFrame);
    },
  );

  it('with a value of an unknown type is refused', () => {
    expect(() => readPrimitiveMap(new ByteReader(Buffer.from('0000000100016163', 'hex')))).toThrow(MalformedFrame);
  });
});
