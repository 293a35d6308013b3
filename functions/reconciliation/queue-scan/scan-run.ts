import { mapWithConcurrency } from '../../runtime/map-with-concurrency.ts';
import type { HeldMessage, ScanSummary, ScanVerdict } from './port.ts';
import { type Chunk, type HeldDelivery, QueueReader, type ReadingLimits, type ScanPaths } from './queue-reader.ts';
import { type RemovalCount, removeFrom } from './remove-from-chunk.ts';
import { batchSize, concurrentVisits } from './scan-limits.ts';

/** What a scan works with. */
export interface ScanRunOptions extends ReadingLimits {
  readonly paths: ScanPaths;
  readonly visit: (batch: readonly HeldMessage[]) => Promise<readonly ScanVerdict[]>;
}

/** A chunk's messages and those of them to remove. */
interface JudgedChunk {
  readonly chunk: Chunk;
  readonly remove: readonly HeldDelivery[];
}

/** Reasons that a summary names; more would be more of the same. */
const namedRefusals = 3;

/** One scan of one queue on open connections. */
export class ScanRun {
  readonly #options: ScanRunOptions;
  readonly #reader: QueueReader;
  #removed = 0;
  #late = 0;
  readonly #refused: string[] = [];
  readonly #deliveries = { before: 0, after: 0 };

  constructor(options: ScanRunOptions) {
    this.#options = options;
    this.#reader = new QueueReader(options, options.paths);
  }

  /** @throws what the visitor throws, after everything held was returned; errors of the connections */
  async scan(): Promise<ScanSummary> {
    const { clock } = this.#options;
    try {
      let chunks = await this.#reader.read();
      while (chunks.length > 0) {
        const judged = chunks;
        // While one part of the queue is judged, the next is read.
        [chunks] = await clock.concurrently<[readonly Chunk[], unknown]>([
          () => this.#reader.read(),
          () => this.#workOn(judged),
        ]);
      }
    } catch (error) {
      // The first error is the one to report; what cannot be returned goes back when the connections end.
      await this.#reader.release().catch(() => {});
      throw error;
    }
    await this.#reader.release();
    return this.#summary();
  }

  async #workOn(chunks: readonly Chunk[]): Promise<void> {
    const { clock } = this.#options;
    const judged = await this.#judge(chunks);
    // A connection has one transaction at a time.
    const byPath = Map.groupBy(judged, ({ chunk }) => chunk.path);
    const counts = await clock.concurrently<(readonly RemovalCount[])[]>(
      [...byPath.values()].map((parts) => () => this.#removeAll(parts)),
    );
    for (const { removed, refused, late } of counts.flat()) {
      this.#removed += removed;
      this.#late += late.length;
      for (const { held, why } of refused) this.#refused.push(`position ${held.message.position}: ${why}`);
      this.#leave([...late, ...refused.map(({ held }) => held)]);
    }
  }

  async #removeAll(parts: readonly JudgedChunk[]): Promise<readonly RemovalCount[]> {
    const counts: RemovalCount[] = [];
    for (const { chunk, remove } of parts) counts.push(await removeFrom(chunk, remove, this.#options));
    return counts;
  }

  async #judge(chunks: readonly Chunk[]): Promise<readonly JudgedChunk[]> {
    const { clock, visit } = this.#options;
    const batches = chunks.flatMap((chunk) =>
      Array.from({ length: Math.ceil(chunk.held.length / batchSize) }, (_, index) =>
        chunk.held.slice(index * batchSize, (index + 1) * batchSize),
      ),
    );
    const removed = new Set<HeldDelivery>();
    await mapWithConcurrency(clock, batches, concurrentVisits, async (batch) => {
      const verdicts = await visit(batch.map(({ message }) => message));
      for (const [index, held] of batch.entries()) if (verdicts[index] === 'remove') removed.add(held);
    });
    return chunks.map((chunk) => {
      this.#leave(chunk.held.filter((held) => !removed.has(held)));
      for (const { message } of chunk.held) {
        this.#deliveries.before = Math.max(this.#deliveries.before, message.deliveryCount);
      }
      return { chunk, remove: chunk.held.filter((held) => removed.has(held)) };
    });
  }

  /** Notes what stays in the queue. */
  #leave(messages: readonly HeldDelivery[]): void {
    for (const held of messages) {
      this.#deliveries.after = Math.max(this.#deliveries.after, held.message.deliveryCount);
    }
  }

  #summary(): ScanSummary {
    const { seen, end } = this.#reader;
    const notes = [
      ...(end?.note === undefined ? [] : [end.note]),
      ...(this.#late > 0 ? [`${this.#late} messages were due to be removed when the time ran out`] : []),
      ...(this.#refused.length > 0 ? [refusals(this.#refused)] : []),
    ];
    const complete = end?.complete === true && this.#late === 0 && this.#refused.length === 0;
    return { seen, removed: this.#removed, complete, notes, deliveries: { ...this.#deliveries } };
  }
}

const refusals = (refused: readonly string[]): string =>
  `the broker did not accept ${refused.length} messages into the quarantine, so they stay; ` +
  refused.slice(0, namedRefusals).join('; ');
