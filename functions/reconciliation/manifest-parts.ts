import {
  addCounts,
  type ClassCounts,
  type ManifestLine,
  type ManifestPart,
  noMessages,
  sha256,
  writeLines,
} from './manifest.ts';
import type { TextStore } from './text-store.ts';

/** Lines of one part, some 1.5 MB: a part is written and forgotten, so that memory does not grow with the queue. */
const linesPerPart = 5_000;

/** Lines of one batch as they will be stored. */
interface WrittenLines {
  readonly count: number;
  readonly text: string;
}

/**
 * Writes the lines of a queue's manifest in their order, whatever order they come in: lookups of several batches may be
 * under way at once.
 *
 * Lines are kept as text, not as objects: thousands of objects that live for one part would outlive the garbage
 * collector's young generation, which grows then to the largest that it may be.
 */
export class ManifestParts {
  readonly #store: Pick<TextStore, 'put'>;
  readonly #keyPrefix: string;
  readonly #waiting = new Map<number, WrittenLines>();
  readonly #parts: ManifestPart[] = [];
  #ready: WrittenLines[] = [];
  #readyCount = 0;
  #next = 0;
  #counts: ClassCounts = noMessages;

  /** @param keyPrefix of the parts' keys; their numbers follow */
  constructor(store: Pick<TextStore, 'put'>, keyPrefix: string) {
    this.#store = store;
    this.#keyPrefix = keyPrefix;
  }

  /** Takes the lines of one batch, whose positions follow each other. @throws errors of the store */
  async add(lines: readonly ManifestLine[]): Promise<void> {
    const [first] = lines;
    if (first === undefined) return;
    for (const line of lines) this.#counts = addCounts(this.#counts, { ...noMessages, [line.class]: 1 });
    this.#waiting.set(first.position, { count: lines.length, text: writeLines(lines) });
    for (let batch = this.#waiting.get(this.#next); batch !== undefined; batch = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next);
      this.#next += batch.count;
      this.#append(batch);
    }
    if (this.#readyCount >= linesPerPart) await this.#writePart();
  }

  /** Writes what is left, what waits for lines that never came included. @throws errors of the store */
  async end(): Promise<{ readonly parts: readonly ManifestPart[]; readonly counts: ClassCounts }> {
    for (const [, batch] of [...this.#waiting].sort(([one], [other]) => one - other)) this.#append(batch);
    this.#waiting.clear();
    if (this.#readyCount > 0) await this.#writePart();
    return { parts: this.#parts, counts: this.#counts };
  }

  #append(batch: WrittenLines): void {
    this.#ready.push(batch);
    this.#readyCount += batch.count;
  }

  async #writePart(): Promise<void> {
    const text = this.#ready.map((batch) => batch.text).join('');
    const key = `${this.#keyPrefix}${String(this.#parts.length).padStart(5, '0')}.ndjson`;
    this.#parts.push({ key, sha256: sha256(text), messages: this.#readyCount });
    this.#ready = [];
    this.#readyCount = 0;
    await this.#store.put(key, text);
  }
}
