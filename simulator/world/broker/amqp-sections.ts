/** Descriptor codes of the bare message and its header (AMQP 1.0, part 3, section 3.2). */
export const amqpSectionCodes = { header: 0x70, properties: 0x73 } as const;

/** The last descriptor code that a message may hold: the footer. */
const lastSectionCode = 0x78;

/** One value in an encoded message: its constructor, and where it stands. */
export interface WireValue {
  readonly constructorCode: number;
  /** Offset of the constructor. */
  readonly start: number;
  /** Offset of the content, behind any size. */
  readonly contentStart: number;
  /** Offset behind the value. */
  readonly end: number;
}

/** One section of an encoded message. */
export interface EncodedSection {
  /** Descriptor code, 0x70 to 0x78. */
  readonly code: number;
  readonly start: number;
  readonly value: WireValue;
}

/** Bytes that are not an AMQP 1.0 message. */
export class AmqpDecodeError extends Error {
  override readonly name = 'AmqpDecodeError';
}

const nullByte = Buffer.from([0x40]);
const list32Constructor = 0xd0;

/** Content widths by the high nibble of the constructor (AMQP 1.0, part 1, section 1.2). */
const fixedWidths: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

const valueAt = (bytes: Buffer, start: number): WireValue => {
  const constructorCode = bytes.readUInt8(start);
  const family = constructorCode >>> 4;
  const fixed = fixedWidths[family];
  let contentStart = start + 1;
  let end: number;
  if (fixed !== undefined) {
    end = contentStart + fixed;
  } else if (family >= 0xa) {
    const sizeWidth = family % 2 === 0 ? 1 : 4;
    const size = sizeWidth === 1 ? bytes.readUInt8(contentStart) : bytes.readUInt32BE(contentStart);
    contentStart += sizeWidth;
    end = contentStart + size;
  } else {
    throw new AmqpDecodeError(`constructor 0x${constructorCode.toString(16)} at offset ${start} is none of AMQP 1.0`);
  }
  if (end > bytes.length) throw new AmqpDecodeError(`the value at offset ${start} is cut off`);
  return { constructorCode, start, contentStart, end };
};

const descriptorOf = (bytes: Buffer, descriptor: WireValue): number => {
  if (descriptor.constructorCode === 0x53) return bytes.readUInt8(descriptor.contentStart);
  if (descriptor.constructorCode === 0x80) return Number(bytes.readBigUInt64BE(descriptor.contentStart));
  throw new AmqpDecodeError(`section at offset ${descriptor.start - 1} has no numeric descriptor`);
};

/**
 * The sections of an encoded message, in order.
 *
 * @throws AmqpDecodeError when the bytes are not a message
 */
export const encodedSectionsOf = (bytes: Buffer): readonly EncodedSection[] => {
  const sections: EncodedSection[] = [];
  let start = 0;
  try {
    while (start < bytes.length) {
      if (bytes.readUInt8(start) !== 0) throw new AmqpDecodeError(`no section begins at offset ${start}`);
      const descriptor = valueAt(bytes, start + 1);
      const code = descriptorOf(bytes, descriptor);
      if (code < amqpSectionCodes.header || code > lastSectionCode) {
        throw new AmqpDecodeError(`descriptor 0x${code.toString(16)} is no section of a message`);
      }
      const value = valueAt(bytes, descriptor.end);
      sections.push({ code, start, value });
      start = value.end;
    }
  } catch (error) {
    if (error instanceof RangeError) throw new AmqpDecodeError(`the message is cut off at offset ${start}`);
    throw error;
  }
  return sections;
};

/** The fields of a section that is a list; nothing for an empty one. */
export const fieldsOf = (bytes: Buffer, section: EncodedSection | undefined): readonly WireValue[] => {
  if (section === undefined || section.value.constructorCode === 0x45) return [];
  const { constructorCode, contentStart, end } = section.value;
  if (constructorCode !== 0xc0 && constructorCode !== list32Constructor) {
    throw new AmqpDecodeError(`section 0x${section.code.toString(16)} is not a list`);
  }
  const wide = constructorCode === list32Constructor;
  const count = wide ? bytes.readUInt32BE(contentStart) : bytes.readUInt8(contentStart);
  const fields: WireValue[] = [];
  let start = contentStart + (wide ? 4 : 1);
  for (let index = 0; index < count && start < end; index++) {
    const field = valueAt(bytes, start);
    fields.push(field);
    start = field.end;
  }
  return fields;
};

/**
 * The message with one field of a list section set, and every other byte as it was: decoding and encoding a whole
 * message again would change integer widths and binary ids. The section is added where it is missing.
 */
export const withField = (bytes: Buffer, sectionCode: number, index: number, encodedField: Buffer): Buffer => {
  const sections = encodedSectionsOf(bytes);
  const section = sections.find(({ code }) => code === sectionCode);
  const fields = fieldsOf(bytes, section).map((field) => bytes.subarray(field.start, field.end));
  while (fields.length <= index) fields.push(nullByte);
  fields[index] = encodedField;
  const content = Buffer.concat(fields);
  const head = Buffer.alloc(12);
  head.set([0x00, 0x53, sectionCode, list32Constructor]);
  head.writeUInt32BE(content.length + 4, 4);
  head.writeUInt32BE(fields.length, 8);
  const start = section?.start ?? sections.find(({ code }) => code > sectionCode)?.start ?? bytes.length;
  return Buffer.concat([bytes.subarray(0, start), head, content, bytes.subarray(section?.value.end ?? start)]);
};
