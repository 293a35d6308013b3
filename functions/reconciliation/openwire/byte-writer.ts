import { encodeJavaText } from './java-text.ts';
import { InvalidUse } from './openwire-errors.ts';

/** Room that a new writer has; every command but a message fits. */
const firstRoom = 512;

/** Bytes of the longest text that the loose encoding of a string can carry. */
const maxTextBytes = 0xffff;

/** Writes values of the loose encoding one after the other. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(firstRoom);
  #length = 0;

  /** Leaves room for so many bytes; gives its offset. */
  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#length * 2);
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }

  byte(value: number): this {
    this.#bytes[this.#room(1)] = value & 0xff;
    return this;
  }

  boolean(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  short(value: number): this {
    const at = this.#room(2);
    this.#bytes.writeUInt16BE(value, at);
    return this;
  }

  int(value: number): this {
    const at = this.#room(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  long(value: bigint | number): this {
    const at = this.#room(8);
    this.#bytes.writeBigInt64BE(BigInt(value), at);
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Text without the mark that says it is not null. @throws InvalidUse for more than 65,535 bytes */
  text(value: string): this {
    const bytes = encodeJavaText(value);
    if (bytes.length > maxTextBytes) {
      throw new InvalidUse(`a text of ${bytes.length} bytes does not fit OpenWire's limit of ${maxTextBytes}`);
    }
    return this.short(bytes.length).raw(bytes);
  }

  /** Text that may be null. @throws InvalidUse as text() */
  string(value: string | undefined): this {
    return value === undefined ? this.boolean(false) : this.boolean(true).text(value);
  }

  /** What was written; the writer is not used any more. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
