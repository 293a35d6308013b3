import { mapWithConcurrency } from '../../runtime/map-with-concurrency.ts';
import type { HeldMessage, WalkSummary, WalkVerdict } from './port.ts';
import { batchSize, concurrentVisits } from './walk-limits.ts';
import { type Held, type ReadingLimits, type Share, type WalkPaths, WalkReader } from './walk-reader.ts';
import { type RemovalCount, removeFrom } from './walk-removal.ts';

/** What a walk works with. */
export interface WalkRunOptions extends ReadingLimits {
  readonly paths: WalkPaths;
  readonly visit: (batch: readonly HeldMessage[]) => Promise<readonly WalkVerdict[]>;
}

/** A share's messages with what the visitor wants of them. */
interface JudgedShare {
  readonly share: Share;
  readonly remove: readonly Held[];
}

/** Reasons that a summary names; more would be more of the same. */
const namedRefusals = 3;

/** One walk through one queue on open connections. */
export class WalkRun {
  readonly #options: WalkRunOptions;
  readonly #reader: WalkReader;
  #removed = 0;
  #late = 0;
  readonly #refused: string[] = [];
  readonly #deliveries = { before: 0, after: 0 };

  constructor(options: WalkRunOptions) {
    this.#options = options;
    this.#reader = new WalkReader(options, options.paths);
  }

  /** @throws what the visitor throws, after everything held was given back; errors of the connections */
  async walk(): Promise<WalkSummary> {
    const { clock } = this.#options;
    try {
      let shares = await this.#reader.read();
      while (shares.length > 0) {
        const judged = shares;
        // While one part of the queue is judged, the next is read.
        [shares] = await clock.concurrently<[readonly Share[], unknown]>([
          () => this.#reader.read(),
          () => this.#workOn(judged),
        ]);
      }
    } catch (error) {
      // The first error is the one to report; what cannot be given back goes back when the connections end.
      await this.#reader.giveBack().catch(() => {});
      throw error;
    }
    await this.#reader.giveBack();
    return this.#summary();
  }

  async #workOn(shares: readonly Share[]): Promise<void> {
    const { clock } = this.#options;
    const judged = await this.#judge(shares);
    // A connection has one transaction at a time.
    const byPath = Map.groupBy(judged, ({ share }) => share.path);
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

  async #removeAll(parts: readonly JudgedShare[]): Promise<readonly RemovalCount[]> {
    const counts: RemovalCount[] = [];
    for (const { share, remove } of parts) counts.push(await removeFrom(share, remove, this.#options));
    return counts;
  }

  async #judge(shares: readonly Share[]): Promise<readonly JudgedShare[]> {
    const { clock, visit } = this.#options;
    const batches = shares.flatMap((share) =>
      Array.from({ length: Math.ceil(share.held.length / batchSize) }, (_, index) =>
        share.held.slice(index * batchSize, (index + 1) * batchSize),
      ),
    );
    const removed = new Set<Held>();
    await mapWithConcurrency(clock, batches, concurrentVisits, async (batch) => {
      const verdicts = await visit(batch.map(({ message }) => message));
      for (const [index, held] of batch.entries()) if (verdicts[index] === 'remove') removed.add(held);
    });
    return shares.map((share) => {
      this.#leave(share.held.filter((held) => !removed.has(held)));
      for (const { message } of share.held) {
        this.#deliveries.before = Math.max(this.#deliveries.before, message.deliveryCount);
      }
      return { share, remove: share.held.filter((held) => removed.has(held)) };
    });
  }

  /** Notes what stays in the queue. */
  #leave(messages: readonly Held[]): void {
    for (const held of messages) {
      this.#deliveries.after = Math.max(this.#deliveries.after, held.message.deliveryCount);
    }
  }

  #summary(): WalkSummary {
    const { seen, end } = this.#reader;
    const remarks = [
      ...(end?.remark === undefined ? [] : [end.remark]),
      ...(this.#late > 0 ? [`${this.#late} messages were to be removed, and the time was over`] : []),
      ...(this.#refused.length > 0 ? [refusals(this.#refused)] : []),
    ];
    const complete = end?.complete === true && this.#late === 0 && this.#refused.length === 0;
    return { seen, removed: this.#removed, complete, remarks, deliveries: { ...this.#deliveries } };
  }
}

const refusals = (refused: readonly string[]): string =>
  `the broker did not take ${refused.length} messages to the quarantine, so they stay; ` +
  refused.slice(0, namedRefusals).join('; ');
