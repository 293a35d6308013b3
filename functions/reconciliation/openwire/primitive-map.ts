import type { ByteReader } from './byte-reader.ts';
import { MalformedFrame } from './openwire-errors.ts';

/** A value with the type that its sender gave it. A `char` is text of one unit; a map keeps the order of its encoding. */
export type PrimitiveValue =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'byte' | 'short' | 'int' | 'float' | 'double'; readonly value: number }
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'char' | 'string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Buffer }
  | { readonly type: 'map'; readonly value: ReadonlyMap<string, PrimitiveValue> }
  | { readonly type: 'list'; readonly value: readonly PrimitiveValue[] };

/** Maps and lists inside each other; brokers from 6.2 on refuse more than 127. */
const maxDepth = 127;

/** Type numbers of ActiveMQ's MarshallingSupport. */
const readers: Readonly<Record<number, (reader: ByteReader, depth: number) => PrimitiveValue>> = {
  0: () => ({ type: 'null' }),
  1: (reader) => ({ type: 'boolean', value: reader.unsignedByte() !== 0 }),
  2: (reader) => ({ type: 'byte', value: reader.signedByte() }),
  3: (reader) => ({ type: 'char', value: String.fromCharCode(reader.unsignedShort()) }),
  4: (reader) => ({ type: 'short', value: reader.short() }),
  5: (reader) => ({ type: 'int', value: reader.int() }),
  6: (reader) => ({ type: 'long', value: reader.long() }),
  7: (reader) => ({ type: 'double', value: reader.double() }),
  8: (reader) => ({ type: 'float', value: reader.float() }),
  9: (reader) => ({ type: 'string', value: reader.text(reader.unsignedShort()) }),
  10: (reader) => {
    const start = reader.skip(reader.int());
    return { type: 'bytes', value: reader.bytes.subarray(start, reader.at) };
  },
  11: (reader, depth) => ({ type: 'map', value: readEntries(reader, depth + 1) }),
  12: (reader, depth) => ({ type: 'list', value: readItems(reader, depth + 1) }),
  13: (reader) => ({ type: 'string', value: reader.text(reader.int()) }),
};

/**
 * Reads one value with its type in front.
 *
 * @throws MalformedFrame for an unknown type, for more than 127 levels, for bytes cut off
 */
export const readPrimitive = (reader: ByteReader, depth = 0): PrimitiveValue => {
  const type = reader.unsignedByte();
  const read = readers[type];
  if (read === undefined) throw new MalformedFrame(`a value of type ${type} at offset ${reader.at - 1}`);
  return read(reader, depth);
};

const readItems = (reader: ByteReader, depth: number): readonly PrimitiveValue[] => {
  const count = countOf(reader, depth);
  const items: PrimitiveValue[] = [];
  for (let index = 0; index < count; index++) items.push(readPrimitive(reader, depth));
  return items;
};

const readEntries = (reader: ByteReader, depth: number): ReadonlyMap<string, PrimitiveValue> => {
  const count = countOf(reader, depth);
  const entries = new Map<string, PrimitiveValue>();
  for (let index = 0; index < count; index++) {
    const name = reader.text(reader.unsignedShort());
    entries.set(name, readPrimitive(reader, depth));
  }
  return entries;
};

/** Every entry takes a byte at least, so that a count beyond what is left is refused before anything is kept. */
const countOf = (reader: ByteReader, depth: number): number => {
  if (depth > maxDepth) throw new MalformedFrame(`maps and lists more than ${maxDepth} deep at offset ${reader.at}`);
  const count = reader.int();
  if (count > reader.left)
    throw new MalformedFrame(`${count} entries are announced, and ${reader.left} bytes are left`);
  return Math.max(0, count);
};

/**
 * Reads a map of names and values, as properties and map messages have it. A null map reads as an empty one.
 *
 * @throws MalformedFrame as readPrimitive
 */
export const readPrimitiveMap = (reader: ByteReader): ReadonlyMap<string, PrimitiveValue> => readEntries(reader, 0);
