import { UnexpectedAnswer } from '../../runtime/errors.ts';
import type { Row } from './rabbit-rows.ts';

const code = (character: string): number => character.charCodeAt(0);
const [quoteMark, backslash, braceOpen, braceClose, listOpen, listClose, comma] = [
  ...['"', '\\', '{', '}', '[', ']', ','].map(code),
] as [number, number, number, number, number, number, number];

/**
 * Reads a JSON list of objects while its bytes arrive: of 40,000 queues, some 40 MB, only the rows of one piece are held
 * as text at a time. Structure is read on bytes, which is safe in UTF-8: none of its longer characters has an ASCII byte.
 */
export class JsonRows {
  readonly #what: string;
  readonly #onRow: (row: Row) => void;
  /** Pieces of a row that began in an earlier chunk. */
  #begun: Buffer[] = [];
  #depth = 0;
  #inText = false;
  /** Whether the byte before a chunk escapes its first one. */
  #escaped = false;
  #state: 'before' | 'inside' | 'after' = 'before';

  /** @param what names the list in errors */
  constructor(what: string, onRow: (row: Row) => void) {
    this.#what = what;
    this.#onRow = onRow;
  }

  /** @throws UnexpectedAnswer when it is no list of objects, and what `onRow` throws */
  feed(chunk: Buffer): void {
    // Fields of its own cost the loop a third of its time.
    let depth = this.#depth;
    let inText = this.#inText;
    let escaped = this.#escaped;
    // The complete rows of this chunk, and where the one that is open begins.
    let first = depth > 0 ? 0 : -1;
    let end = -1;
    let open = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quoteMark) inText = false;
      } else if (byte === quoteMark && depth > 0) inText = true;
      else if (byte === braceOpen || (byte === listOpen && depth > 0)) {
        if (depth === 0) {
          if (this.#state !== 'inside') throw this.#unexpected();
          if (first < 0) first = at;
          open = at;
        }
        depth += 1;
      } else if ((byte === braceClose || byte === listClose) && depth > 0) {
        depth -= 1;
        if (depth === 0) end = at + 1;
      } else if (depth === 0) this.#between(byte);
    }
    this.#depth = depth;
    this.#inText = inText;
    this.#escaped = escaped;
    if (end >= 0) this.#rows(chunk.subarray(first, end));
    // A row that neither began nor ended here goes on through the whole chunk.
    if (depth > 0) this.#begun.push(Buffer.from(chunk.subarray(open)));
  }

  /** @throws UnexpectedAnswer when the list has not ended */
  end(): void {
    if (this.#state !== 'after') throw this.#unexpected();
  }

  #between(byte: number | undefined): void {
    if (byte === 32 || byte === 10 || byte === 13 || byte === 9) return;
    if (this.#state === 'before' && byte === listOpen) this.#state = 'inside';
    else if (this.#state === 'inside' && byte === listClose) this.#state = 'after';
    else if (this.#state !== 'inside' || byte !== comma) throw this.#unexpected();
  }

  #rows(rest: Buffer): void {
    const bytes = this.#begun.length === 0 ? rest : Buffer.concat([...this.#begun, rest]);
    this.#begun = [];
    let rows: readonly Row[];
    try {
      rows = JSON.parse(`[${bytes.toString('utf8')}]`);
    } catch {
      throw this.#unexpected();
    }
    for (const row of rows) this.#onRow(row);
  }

  #unexpected(): UnexpectedAnswer {
    return new UnexpectedAnswer(`${this.#what} did not answer with a list of objects`, { what: this.#what });
  }
}
