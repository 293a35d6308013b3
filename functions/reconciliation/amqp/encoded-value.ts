import { UnexpectedAnswer } from '../../runtime/errors.ts';
/** One value in an encoded message: its constructor, and where its content stands. */
export interface EncodedValue {
  /** AMQP 1.0, part 1, section 1.6: what type the value has and how it is encoded. */
  readonly constructorCode: number;
  /** Offset of the constructor. */
  readonly start: number;
  /** Offset of the content, behind any size. */
  readonly contentStart: number;
  /** Offset behind the value. */
  readonly end: number;
}

/** Content widths in bytes by the high nibble of the constructor (AMQP 1.0, part 1, section 1.2). */
const fixedWidths: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

/** Nibbles from here on carry a size in front: of one byte where the nibble is even, of four where it is odd. */
const firstSizedFamily = 0xa;

/**
 * The value that begins at `start`. A described one is not read: sections are taken apart by `sectionsOf`.
 *
 * @throws UnexpectedAnswer where the bytes are no AMQP value, or are cut off
 */
export const valueAt = (bytes: Buffer, start: number): EncodedValue => {
  const constructorCode = bytes.readUInt8(start);
  const family = constructorCode >>> 4;
  const fixed = fixedWidths[family];
  let contentStart = start + 1;
  let width = fixed;
  if (width === undefined && family >= firstSizedFamily) {
    const wide = family % 2 === 1;
    width = wide ? bytes.readUInt32BE(contentStart) : bytes.readUInt8(contentStart);
    contentStart += wide ? 4 : 1;
  }
  if (width === undefined)
    throw new UnexpectedAnswer(`constructor 0x${constructorCode.toString(16)} is not a constructor of AMQP 1.0`);
  const end = contentStart + width;
  if (end > bytes.length) throw new UnexpectedAnswer(`the value at offset ${start} is cut off`);
  return { constructorCode, start, contentStart, end };
};

/**
 * The values of a list or a map, in order; nothing for an empty list.
 *
 * @throws UnexpectedAnswer for another type, and as `valueAt`
 */
export const itemsOf = (bytes: Buffer, { constructorCode, contentStart, end }: EncodedValue): EncodedValue[] => {
  const emptyList = 0x45;
  if (constructorCode === emptyList) return [];
  const narrow = constructorCode === 0xc0 || constructorCode === 0xc1;
  if (!narrow && constructorCode !== 0xd0 && constructorCode !== 0xd1)
    throw new UnexpectedAnswer('neither a list nor a map');
  const count = narrow ? bytes.readUInt8(contentStart) : bytes.readUInt32BE(contentStart);
  const items: EncodedValue[] = [];
  let start = contentStart + (narrow ? 1 : 4);
  while (items.length < count && start < end) {
    const item = valueAt(bytes, start);
    items.push(item);
    start = item.end;
  }
  return items;
};

const contentOf = (bytes: Buffer, { contentStart, end }: EncodedValue): Buffer => bytes.subarray(contentStart, end);

/** A string or symbol; undefined for anything else. */
export const textOf = (bytes: Buffer, value: EncodedValue | undefined): string | undefined => {
  const code = value?.constructorCode;
  return value !== undefined && (code === 0xa1 || code === 0xb1 || code === 0xa3 || code === 0xb3)
    ? contentOf(bytes, value).toString('utf8')
    : undefined;
};

/** The bytes of a binary; undefined for anything else. */
export const binaryOf = (bytes: Buffer, value: EncodedValue | undefined): Buffer | undefined =>
  value?.constructorCode === 0xa0 || value?.constructorCode === 0xb0 ? contentOf(bytes, value) : undefined;

/** The 16 bytes of a UUID; undefined for anything else. */
export const uuidOf = (bytes: Buffer, value: EncodedValue | undefined): Buffer | undefined =>
  value?.constructorCode === 0x98 ? contentOf(bytes, value) : undefined;

/** True or false; undefined for anything else. */
export const booleanOf = (bytes: Buffer, value: EncodedValue | undefined): boolean | undefined => {
  switch (value?.constructorCode) {
    case 0x41:
      return true;
    case 0x42:
      return false;
    case 0x56:
      return bytes.readUInt8(value.contentStart) === 1;
    default:
      return undefined;
  }
};

/** Whole numbers by constructor: ubyte to long, and timestamps in milliseconds since the Unix epoch. */
const integerReaders: Readonly<Record<number, (bytes: Buffer, at: number) => bigint | number>> = {
  67: () => 0,
  68: () => 0,
  80: (bytes, at) => bytes.readUInt8(at),
  81: (bytes, at) => bytes.readInt8(at),
  82: (bytes, at) => bytes.readUInt8(at),
  83: (bytes, at) => bytes.readUInt8(at),
  84: (bytes, at) => bytes.readInt8(at),
  85: (bytes, at) => bytes.readInt8(at),
  96: (bytes, at) => bytes.readUInt16BE(at),
  97: (bytes, at) => bytes.readInt16BE(at),
  112: (bytes, at) => bytes.readUInt32BE(at),
  113: (bytes, at) => bytes.readInt32BE(at),
  128: (bytes, at) => bytes.readBigUInt64BE(at),
  129: (bytes, at) => bytes.readBigInt64BE(at),
  131: (bytes, at) => bytes.readBigInt64BE(at),
};

/** A whole number or a timestamp, as a number while that is exact; undefined for anything else. */
export const integerOf = (bytes: Buffer, value: EncodedValue | undefined): number | bigint | undefined => {
  if (value === undefined) return undefined;
  const read = integerReaders[value.constructorCode]?.(bytes, value.contentStart);
  return typeof read === 'bigint' && Number.isSafeInteger(Number(read)) ? Number(read) : read;
};
