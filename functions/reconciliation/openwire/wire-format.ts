import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { UnsupportedWireFormat } from './openwire-errors.ts';
import { readPrimitiveMap } from './primitive-map.ts';
import { structureTypes } from './structure-types.ts';

/** The version that is spoken. ActiveMQ has it since 5.12. */
export const openWireVersion = 12;

const magic = Buffer.from('ActiveMQ');

/** What this side would like, and what both sides agreed on. */
export interface WireFormat {
  /** Bytes of the largest frame. */
  readonly maxFrameBytes: number;
  /** Silence after which a connection counts as dead, in milliseconds; 0 for never. */
  readonly maxInactivityMs: number;
}

/**
 * Time before a broker looks for silence on a new connection, and before it sends keep-alives: as ActiveMQ's own clients
 * offer it, and no longer than a keep-alive may take.
 */
const inactivityDelayMs = 10_000;
const keepAlivesPerInactivity = 3;

/** Types of ActiveMQ's MarshallingSupport. */
const valueTypes = { boolean: 1, long: 6 } as const;

/** The frame, without its length, with which a peer says what it speaks: loose encoding, no cache, no stack traces. */
export const wireFormatInfo = ({ maxFrameBytes, maxInactivityMs }: WireFormat): Buffer => {
  const switches = {
    TightEncodingEnabled: false,
    CacheEnabled: false,
    SizePrefixDisabled: false,
    StackTraceEnabled: false,
    TcpNoDelayEnabled: true,
  };
  const numbers = {
    MaxFrameSize: maxFrameBytes,
    MaxInactivityDuration: maxInactivityMs,
    MaxInactivityDurationInitalDelay: Math.min(inactivityDelayMs, Math.ceil(maxInactivityMs / keepAlivesPerInactivity)),
  };
  const properties = new ByteWriter().int(Object.keys(switches).length + Object.keys(numbers).length);
  for (const [name, value] of Object.entries(switches)) {
    properties.text(name).byte(valueTypes.boolean).boolean(value);
  }
  for (const [name, value] of Object.entries(numbers)) properties.text(name).byte(valueTypes.long).long(value);
  const marshalled = properties.finish();
  return new ByteWriter()
    .byte(structureTypes.wireFormatInfo)
    .raw(magic)
    .int(openWireVersion)
    .boolean(true)
    .int(marshalled.length)
    .raw(marshalled)
    .finish();
};

/** The smaller of two limits, of which 0 is none. */
const smaller = (ours: number, theirs: number): number => (theirs > 0 && theirs < ours ? theirs : ours);

/**
 * What both sides agreed on, from the frame that the peer sent first (without its length).
 *
 * @throws UnsupportedWireFormat for another protocol or a version below 12, MalformedFrame
 */
export const negotiate = (frame: Buffer, ours: WireFormat): WireFormat => {
  const reader = new ByteReader(frame);
  const type = reader.unsignedByte();
  if (type !== structureTypes.wireFormatInfo || !reader.bytes.subarray(1, 1 + magic.length).equals(magic)) {
    throw new UnsupportedWireFormat(
      `the peer's first frame is of type ${type} and no OpenWire negotiation. Check that the port is the broker's OpenWire ` +
        'port (61617 on Amazon MQ)',
    );
  }
  reader.skip(magic.length);
  const version = reader.int();
  if (version < openWireVersion) {
    throw new UnsupportedWireFormat(
      `the broker speaks OpenWire ${version}, and this client ${openWireVersion}: ActiveMQ 5.12 or later is needed`,
    );
  }
  const marshalled = reader.byteSequence();
  const properties = marshalled === undefined ? undefined : readPrimitiveMap(new ByteReader(marshalled));
  const numberOf = (name: string): number => {
    const found = properties?.get(name);
    return found?.type === 'long' || found?.type === 'int' ? Number(found.value) : 0;
  };
  const theirInactivityMs = numberOf('MaxInactivityDuration');
  return {
    maxFrameBytes: smaller(ours.maxFrameBytes, numberOf('MaxFrameSize')),
    maxInactivityMs: theirInactivityMs > 0 ? Math.min(ours.maxInactivityMs, theirInactivityMs) : 0,
  };
};
