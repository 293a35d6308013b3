import { UnexpectedAnswer } from '../../runtime/errors.ts';
import type { Row } from './rabbit-rows.ts';

const code = (character: string): number => character.charCodeAt(0);
const [quoteMark, backslash, open, close, listOpen, listClose, comma] = [
  ...['"', '\\', '{', '}', '[', ']', ','].map(code),
] as [number, number, number, number, number, number, number];
const isSpace = (byte: number): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

/**
 * Reads a JSON list of objects row by row while its bytes arrive: of 40,000 queues, some 40 MB, only one row is held as
 * text at a time. Structure is read on bytes, which is safe in UTF-8: none of its longer characters has an ASCII byte.
 */
export class JsonRows {
  readonly #what: string;
  readonly #onRow: (row: Row) => void;
  /** Pieces of a row that began in an earlier chunk. */
  #begun: Buffer[] = [];
  #depth = 0;
  #inText = false;
  #escaped = false;
  #state: 'before' | 'inside' | 'after' = 'before';

  /** @param what names the list in errors */
  constructor(what: string, onRow: (row: Row) => void) {
    this.#what = what;
    this.#onRow = onRow;
  }

  /** @throws UnexpectedAnswer when it is no list of objects, and what `onRow` throws */
  feed(chunk: Buffer): void {
    // Where the row that is open begins in this chunk.
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quoteMark) this.#inText = false;
        continue;
      }
      if (this.#depth === 0) {
        if (byte === open && this.#state === 'inside') {
          start = at;
          this.#depth = 1;
        } else this.#between(byte);
        continue;
      }
      if (byte === quoteMark) this.#inText = true;
      else if (byte === open || byte === listOpen) this.#depth += 1;
      else if (byte === close || byte === listClose) {
        this.#depth -= 1;
        if (this.#depth === 0) this.#row(chunk.subarray(start, at + 1));
      }
    }
    if (this.#depth > 0) this.#begun.push(Buffer.from(chunk.subarray(start)));
  }

  /** @throws UnexpectedAnswer when the list has not ended */
  end(): void {
    if (this.#state !== 'after') throw this.#unexpected();
  }

  #between(byte: number): void {
    if (isSpace(byte)) return;
    if (this.#state === 'before' && byte === listOpen) this.#state = 'inside';
    else if (this.#state === 'inside' && byte === listClose) this.#state = 'after';
    else if (this.#state !== 'inside' || byte !== comma) throw this.#unexpected();
  }

  #row(rest: Buffer): void {
    const bytes = this.#begun.length === 0 ? rest : Buffer.concat([...this.#begun, rest]);
    this.#begun = [];
    let row: unknown;
    try {
      row = JSON.parse(bytes.toString('utf8'));
    } catch {
      throw this.#unexpected();
    }
    this.#onRow(row as Row);
  }

  #unexpected(): UnexpectedAnswer {
    return new UnexpectedAnswer(`${this.#what} answered something else than a list of objects`, { what: this.#what });
  }
}
