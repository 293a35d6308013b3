import {
  addCounts,
  type ClassCounts,
  type ManifestLine,
  type ManifestPart,
  noMessages,
  sha256,
  writeLines,
} from './manifest.ts';

/** Lines of one part, some 1.5 MB: a part is written and forgotten, so that memory does not grow with the queue. */
const linesPerPart = 5_000;

/** Where parts go. */
export interface PartStore {
  put(key: string, text: string): Promise<void>;
}

/**
 * Writes the lines of a queue's manifest in their order, whatever order they come in: lookups of several batches may be
 * under way at once.
 */
export class ManifestParts {
  readonly #store: PartStore;
  readonly #keyPrefix: string;
  readonly #waiting = new Map<number, readonly ManifestLine[]>();
  readonly #parts: ManifestPart[] = [];
  #lines: ManifestLine[] = [];
  #next = 0;
  #counts: ClassCounts = noMessages;

  /** @param keyPrefix of the parts' keys; their numbers follow */
  constructor(store: PartStore, keyPrefix: string) {
    this.#store = store;
    this.#keyPrefix = keyPrefix;
  }

  /** Takes the lines of one batch, whose positions follow each other. @throws errors of the store */
  async add(lines: readonly ManifestLine[]): Promise<void> {
    const [first] = lines;
    if (first === undefined) return;
    this.#waiting.set(first.position, lines);
    for (let ready = this.#waiting.get(this.#next); ready !== undefined; ready = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next);
      this.#next += ready.length;
      this.#lines.push(...ready);
    }
    if (this.#lines.length >= linesPerPart) await this.#writePart();
  }

  /** Writes what is left, what waits for lines that never came included. @throws errors of the store */
  async end(): Promise<{ readonly parts: readonly ManifestPart[]; readonly counts: ClassCounts }> {
    for (const [, lines] of [...this.#waiting].sort(([one], [other]) => one - other)) this.#lines.push(...lines);
    this.#waiting.clear();
    if (this.#lines.length > 0) await this.#writePart();
    return { parts: this.#parts, counts: this.#counts };
  }

  async #writePart(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    const text = writeLines(lines);
    const key = `${this.#keyPrefix}${String(this.#parts.length).padStart(5, '0')}.ndjson`;
    this.#parts.push({ key, sha256: sha256(text), messages: lines.length });
    for (const line of lines) this.#counts = addCounts(this.#counts, { ...noMessages, [line.class]: 1 });
    await this.#store.put(key, text);
  }
}
