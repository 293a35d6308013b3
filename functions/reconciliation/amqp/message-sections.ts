import { UnexpectedAnswer } from '../../runtime/errors.ts';
import { type EncodedValue, integerOf, itemsOf, valueAt } from './encoded-value.ts';

/** Descriptor codes of the sections that are read here (AMQP 1.0, part 3, section 3.2). */
export const sectionCodes = {
  header: 0x70,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
} as const;

/** The last descriptor code of a message's sections: the footer. */
const lastSectionCode = 0x78;

/** One section of an encoded message. */
export interface MessageSection {
  /** Descriptor code, 0x70 to 0x78. */
  readonly code: number;
  readonly start: number;
  readonly value: EncodedValue;
}

/**
 * The sections of an encoded message, in order; nothing inside them is decoded.
 *
 * @throws UnexpectedAnswer where the bytes are no AMQP 1.0 message
 */
export const sectionsOf = (bytes: Buffer): readonly MessageSection[] => {
  const sections: MessageSection[] = [];
  let start = 0;
  while (start < bytes.length) {
    const described = 0x00;
    if (bytes.readUInt8(start) !== described) throw new UnexpectedAnswer(`no section begins at offset ${start}`);
    const descriptor = valueAt(bytes, start + 1);
    const code = Number(integerOf(bytes, descriptor));
    if (!(code >= sectionCodes.header && code <= lastSectionCode)) {
      throw new UnexpectedAnswer(`the descriptor at offset ${start} is not a section of a message`);
    }
    const value = valueAt(bytes, descriptor.end);
    sections.push({ code, start, value });
    start = value.end;
  }
  return sections;
};

/** The values of a section that is a list or a map; nothing where the message lacks it. @throws as `itemsOf` */
export const valuesOf = (bytes: Buffer, sections: readonly MessageSection[], code: number): EncodedValue[] => {
  const section = sections.find((candidate) => candidate.code === code);
  return section === undefined ? [] : itemsOf(bytes, section.value);
};

const nullByte = Buffer.from([0x40]);

/**
 * The message with some fields of a list section set, and every other byte as it was: decoding and encoding a whole
 * message again would change integer widths and the types of ids. The section is added where it is missing.
 *
 * @param fields encoded values by the field's index; undefined stands for null
 * @throws UnexpectedAnswer where the bytes are no AMQP 1.0 message
 */
export const withFields = (
  bytes: Buffer,
  code: number,
  fields: Readonly<Record<number, Buffer | undefined>>,
): Buffer => {
  const sections = sectionsOf(bytes);
  const section = sections.find((candidate) => candidate.code === code);
  const values = valuesOf(bytes, sections, code).map(({ start, end }) => bytes.subarray(start, end));
  for (const [index, value] of Object.entries(fields)) {
    while (values.length <= Number(index)) values.push(nullByte);
    values[Number(index)] = value ?? nullByte;
  }
  const content = Buffer.concat(values);
  const list32 = 0xd0;
  const head = Buffer.alloc(12);
  head.set([0x00, 0x53, code, list32]);
  head.writeUInt32BE(content.length + 4, 4);
  head.writeUInt32BE(values.length, 8);
  const start = section?.start ?? sections.find((candidate) => candidate.code > code)?.start ?? bytes.length;
  return Buffer.concat([bytes.subarray(0, start), head, content, bytes.subarray(section?.value.end ?? start)]);
};
