import { decodeJavaText } from './java-text.ts';
import { MalformedFrame } from './openwire-errors.ts';

/**
 * Reads values of the loose encoding one after the other, never beyond `end`. Nothing is copied; whatever does not fit is
 * a MalformedFrame.
 */
export class ByteReader {
  readonly bytes: Buffer;
  readonly end: number;
  #at: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#at = start;
    this.end = end;
  }

  /** Offset of what is read next. */
  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.end - this.#at;
  }

  /** Offset of so many bytes, which are read over. @throws MalformedFrame when there are not so many */
  skip(count: number): number {
    if (count < 0 || count > this.end - this.#at) {
      throw new MalformedFrame(
        `${count} bytes are announced at offset ${this.#at}, and ${this.end - this.#at} are left of the frame`,
      );
    }
    const start = this.#at;
    this.#at += count;
    return start;
  }

  unsignedByte(): number {
    return this.bytes[this.skip(1)] ?? 0;
  }

  signedByte(): number {
    return this.bytes.readInt8(this.skip(1));
  }

  /** @throws MalformedFrame for a byte other than 0 and 1, which Java never writes */
  boolean(): boolean {
    const value = this.unsignedByte();
    if (value > 1) throw new MalformedFrame(`the boolean at offset ${this.#at - 1} is ${value}`);
    return value === 1;
  }

  short(): number {
    return this.bytes.readInt16BE(this.skip(2));
  }

  unsignedShort(): number {
    return this.bytes.readUInt16BE(this.skip(2));
  }

  int(): number {
    return this.bytes.readInt32BE(this.skip(4));
  }

  long(): bigint {
    return this.bytes.readBigInt64BE(this.skip(8));
  }

  /** A long that counts milliseconds or bytes; beyond 2^53 it is rounded. */
  longAsNumber(): number {
    const at = this.skip(8);
    return this.bytes.readInt32BE(at) * 0x1_0000_0000 + this.bytes.readUInt32BE(at + 4);
  }

  float(): number {
    return this.bytes.readFloatBE(this.skip(4));
  }

  double(): number {
    return this.bytes.readDoubleBE(this.skip(8));
  }

  /** Text of so many bytes. */
  text(length: number): string {
    const start = this.skip(length);
    return decodeJavaText(this.bytes, start, start + length);
  }

  /** Text that may be null. */
  string(): string | undefined {
    return this.boolean() ? this.text(this.unsignedShort()) : undefined;
  }

  skipString(): void {
    if (this.boolean()) this.skip(this.unsignedShort());
  }

  /** Bytes that may be null, as a slice. @throws MalformedFrame for a negative length too */
  byteSequence(): Buffer | undefined {
    if (!this.boolean()) return undefined;
    const length = this.int();
    const start = this.skip(length);
    return this.bytes.subarray(start, start + length);
  }
}
