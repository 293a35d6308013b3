import type { Duplex } from 'node:stream';

/** Pieces from this size on are not copied; smaller ones go out together. */
const largePieceBytes = 16 * 1024;

/** Bytes that are gathered before something goes out within one turn of the event loop. */
const gatheredBytes = 256 * 1024;

/** A large piece goes out in parts of this size, so that a slow network can be told from a broker that reads no more. */
const partBytes = 1024 * 1024;

/** Gathers what is written within one turn of the event loop into few writes. */
export class FrameOutput {
  readonly #stream: Duplex;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #scheduled = false;
  #handedOver = 0;
  #waiting = 0;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** How many writes the network has taken; while it grows, the peer reads. */
  get progress(): number {
    return this.#handedOver;
  }

  /** Whether the network has not taken everything yet. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Writes a frame of several pieces, with its length in front. */
  frame(pieces: readonly Buffer[]): void {
    const length = Buffer.allocUnsafe(4);
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    length.writeInt32BE(bytes);
    this.#pieces.push(length, ...pieces);
    this.#bytes += bytes + length.length;
    if (this.#bytes >= gatheredBytes) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(() => this.flush());
    }
  }

  flush(): void {
    this.#scheduled = false;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    let small: Buffer[] = [];
    const writeSmall = (): void => {
      if (small.length > 0) this.#write(Buffer.concat(small));
      small = [];
    };
    for (const piece of pieces) {
      if (piece.length < largePieceBytes) {
        small.push(piece);
        continue;
      }
      writeSmall();
      for (let at = 0; at < piece.length; at += partBytes) this.#write(piece.subarray(at, at + partBytes));
    }
    writeSmall();
  }

  #write(bytes: Buffer): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return;
    this.#waiting += 1;
    this.#stream.write(bytes, () => {
      this.#waiting -= 1;
      this.#handedOver += 1;
    });
  }
}
