import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { isoTime } from './journal.ts';
import { scrubText } from './scrub.ts';

/** How a stream ended; `killed` is what it says of itself until it is told otherwise. */
export type StreamEnd = 'met' | 'deviated' | 'interrupted' | 'aborted' | 'killed';

/** Room for the last line. It is written again after every block of records, so it must never grow. In bytes. */
const lastLineBytes = 512;

/** Records are written in blocks of so many characters: fewer calls than records, and little lost by a kill. */
const blockCharacters = 64 * 1024;

/**
 * The journal of a game day while it runs: one JSON array `[kind, record]` a line. The last line, `["end", …]`, says how it
 * ended, at every instant: each block of records is written over it, together with a new one. So a process that is killed
 * leaves a readable journal whose end is marked `killed`, and a full disk one that is marked `aborted`: the last line's
 * own room is there already.
 */
export class JournalStream {
  readonly file: string;
  readonly #descriptor: number;
  readonly #secrets: readonly string[];
  readonly #onFailure: (reason: string) => void;
  #lines: string[] = [];
  #characters = 0;
  /** Where the last line begins. */
  #position = 0;
  #latestMs = 0;
  #failed = false;

  /**
   * @param secrets replaced by a mark wherever they occur
   * @param onFailure called once when records cannot be written any more
   * @throws the file system's error
   */
  constructor(file: string, secrets: readonly string[], onFailure: (reason: string) => void) {
    this.file = file;
    this.#secrets = secrets;
    this.#onFailure = onFailure;
    this.#descriptor = openSync(file, 'wx+');
  }

  /** Adds a record; times are virtual milliseconds since the Unix epoch. */
  write(kind: string, record: unknown, atMs: number): void {
    if (this.#failed) return;
    const line = `${scrubText(JSON.stringify([kind, record]), this.#secrets)}\n`;
    this.#lines.push(line);
    this.#characters += line.length;
    this.#latestMs = atMs;
    if (this.#characters >= blockCharacters) this.flush();
  }

  /** Writes what has come together. */
  flush(): void {
    if (this.#lines.length > 0) this.#writeBlock('killed', 'the process ended without a word');
  }

  /** Writes the rest, and how it ended. */
  end(outcome: StreamEnd, reason: string): void {
    this.#writeBlock(outcome, reason);
  }

  /** The records of one kind so far, each as JSON text. Flush first. */
  *recordsOf(kind: string): Generator<string> {
    const prefix = `["${kind}",`;
    for (const line of this.#linesOnDisk()) if (line.startsWith(prefix)) yield line.slice(prefix.length, -1);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #writeBlock(outcome: StreamEnd, reason: string): void {
    if (this.#failed) return;
    const block = Buffer.from(this.#lines.join(''));
    this.#lines = [];
    this.#characters = 0;
    try {
      this.#writeAt(Buffer.concat([block, this.#lastLine(outcome, reason)]), this.#position);
      this.#position += block.length;
    } catch (error) {
      this.#failed = true;
      const why = `the journal cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      // The room of the last line is the journal's own already, also on a full disk.
      this.#writeAt(this.#lastLine('aborted', why), this.#position);
      ftruncateSync(this.#descriptor, this.#position + lastLineBytes);
      this.#onFailure(why);
    }
  }

  #writeAt(bytes: Buffer, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
    }
  }

  #lastLine(outcome: StreamEnd, reason: string): Buffer {
    // ASCII alone, so that characters are bytes.
    const short = reason.replace(/[^ -~]/g, '?').slice(0, 150);
    const text = JSON.stringify(['end', { outcome, reason: short, at: isoTime(this.#latestMs) }]);
    return Buffer.from(`${text.padEnd(lastLineBytes - 1)}\n`);
  }

  *#linesOnDisk(): Generator<string> {
    const chunk = Buffer.alloc(1024 * 1024);
    let rest = Buffer.alloc(0);
    for (let position = 0; position < this.#position; ) {
      const length = Math.min(chunk.length, this.#position - position);
      const read = readSync(this.#descriptor, chunk, 0, length, position);
      if (read === 0) return;
      position += read;
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf('\n') + 1;
      rest = bytes.subarray(end);
      yield* bytes.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
    }
  }
}
