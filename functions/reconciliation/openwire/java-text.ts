import { MalformedFrame } from './openwire-errors.ts';

/** Units that one call of String.fromCharCode takes; more would overflow the stack. */
const unitsAtOnce = 8_192;

const isAscii = (bytes: Buffer, start: number, end: number): boolean => {
  for (let index = start; index < end; index++) if ((bytes[index] ?? 0) >= 0x80) return false;
  return true;
};

const malformed = (at: number): MalformedFrame => new MalformedFrame(`the text at offset ${at} is not UTF-8`);

/** The low six bits of a continuation byte. @throws MalformedFrame for another byte */
const continuation = (bytes: Buffer, at: number, end: number): number => {
  const byte = at < end ? (bytes[at] ?? 0) : 0;
  if ((byte & 0xc0) !== 0x80) throw malformed(at);
  return byte & 0x3f;
};

/**
 * Text as Java writes it (DataInput.readUTF, "modified UTF-8"): NUL takes two bytes, a character beyond U+FFFF takes two
 * surrogates of three bytes each. Standard UTF-8 with four bytes is read as well, because the broker stores a text that
 * came by STOMP as it stands.
 *
 * @throws MalformedFrame for bytes that are neither
 */
export const decodeJavaText = (bytes: Buffer, start: number, end: number): string => {
  if (isAscii(bytes, start, end)) return bytes.toString('latin1', start, end);
  let text = '';
  let units: number[] = [];
  for (let at = start; at < end; ) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      units.push(first);
      at += 1;
    } else if ((first & 0xe0) === 0xc0) {
      units.push(((first & 0x1f) << 6) | continuation(bytes, at + 1, end));
      at += 2;
    } else if ((first & 0xf0) === 0xe0) {
      units.push(((first & 0x0f) << 12) | (continuation(bytes, at + 1, end) << 6) | continuation(bytes, at + 2, end));
      at += 3;
    } else if ((first & 0xf8) === 0xf0) {
      const point =
        ((first & 0x07) << 18) |
        (continuation(bytes, at + 1, end) << 12) |
        (continuation(bytes, at + 2, end) << 6) |
        continuation(bytes, at + 3, end);
      if (point < 0x10000 || point > 0x10ffff) throw malformed(at);
      units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
      at += 4;
    } else {
      throw malformed(at);
    }
    if (units.length >= unitsAtOnce) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
};

/** Text as Java writes it (DataOutput.writeUTF), without the length in front. */
export const encodeJavaText = (text: string): Buffer => {
  const bytes = Buffer.allocUnsafe(text.length * 3);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0 && unit < 0x80) {
      bytes[length++] = unit;
    } else if (unit < 0x800) {
      bytes[length++] = 0xc0 | (unit >> 6);
      bytes[length++] = 0x80 | (unit & 0x3f);
    } else {
      bytes[length++] = 0xe0 | (unit >> 12);
      bytes[length++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[length++] = 0x80 | (unit & 0x3f);
    }
  }
  return bytes.subarray(0, length);
};
