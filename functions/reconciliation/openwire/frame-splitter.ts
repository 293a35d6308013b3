import { FrameTooLarge, MalformedFrame } from './openwire-errors.ts';

const lengthBytes = 4;

/**
 * Takes frames out of what a socket delivers. A frame that arrived in one piece is a slice of that piece; the room for
 * any other is taken once its length is known, so that no more than one frame of the largest size is ever kept.
 */
export class FrameSplitter {
  #maxFrameBytes: number;
  /** Bytes of a length that was cut off. */
  #head = Buffer.alloc(0);
  #frame: Buffer | undefined;
  #filled = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Sets what a frame may have from now on, in bytes. */
  limit(maxFrameBytes: number): void {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Whether a part of a frame has arrived and its rest has not. */
  get inFrame(): boolean {
    return this.#frame !== undefined || this.#head.length > 0;
  }

  /**
   * The frames that end in this piece, each without its length.
   *
   * @throws FrameTooLarge for a length beyond the limit, MalformedFrame for one below 1; before any room is taken
   */
  *push(piece: Buffer): Generator<Buffer, void, undefined> {
    let at = 0;
    while (at < piece.length) {
      if (this.#frame !== undefined) {
        const taken = piece.copy(this.#frame, this.#filled, at);
        at += taken;
        this.#filled += taken;
        if (this.#filled < this.#frame.length) return;
        const frame = this.#frame;
        this.#frame = undefined;
        yield frame;
        continue;
      }
      const missing = lengthBytes - this.#head.length;
      if (piece.length - at < missing) {
        this.#head = Buffer.concat([this.#head, piece.subarray(at)]);
        return;
      }
      const length = this.#checked(
        missing === lengthBytes
          ? piece.readInt32BE(at)
          : Buffer.concat([this.#head, piece.subarray(at, at + missing)]).readInt32BE(0),
      );
      this.#head = Buffer.alloc(0);
      at += missing;
      if (piece.length - at >= length) {
        yield piece.subarray(at, at + length);
        at += length;
      } else {
        this.#frame = Buffer.allocUnsafeSlow(length);
        this.#filled = piece.copy(this.#frame, 0, at);
        return;
      }
    }
  }

  #checked(length: number): number {
    if (length < 1) throw new MalformedFrame(`a frame of ${length} bytes is announced`);
    if (length > this.#maxFrameBytes) {
      throw new FrameTooLarge(`a frame of ${length} bytes is announced, and ${this.#maxFrameBytes} are the limit`);
    }
    return length;
  }
}
