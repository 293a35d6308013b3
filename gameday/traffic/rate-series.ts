/** What happened in one interval, counted by when it happened. */
export interface RateBucket {
  /** Start of the interval, virtual milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly confirmed: number;
  readonly processed: number;
  /** Failed attempts to connect or to send. */
  readonly sendFailures: number;
  /** Failed attempts to connect or to receive. */
  readonly receiveFailures: number;
}

/** The counters of a bucket. */
export type RateCounter = Exclude<keyof RateBucket, 'atMs'>;

/** Counts events per interval of `bucketMs`; intervals without any event between the first and the last are zeros. */
export class RateSeries {
  readonly bucketMs: number;
  readonly #counts = new Map<number, { [K in RateCounter]: number }>();

  constructor(bucketMs: number) {
    this.bucketMs = bucketMs;
  }

  count(counter: RateCounter, atMs: number): void {
    const key = Math.floor(atMs / this.bucketMs) * this.bucketMs;
    let bucket = this.#counts.get(key);
    if (bucket === undefined) {
      bucket = { confirmed: 0, processed: 0, sendFailures: 0, receiveFailures: 0 };
      this.#counts.set(key, bucket);
    }
    bucket[counter] += 1;
  }

  /** The buckets in order of time. */
  buckets(): readonly RateBucket[] {
    return fillGaps(this.#counts, this.bucketMs);
  }
}

const fillGaps = (
  counts: ReadonlyMap<number, { readonly [K in RateCounter]: number }>,
  bucketMs: number,
): readonly RateBucket[] => {
  const keys = [...counts.keys()].sort((a, b) => a - b);
  const first = keys[0];
  const last = keys[keys.length - 1];
  if (first === undefined || last === undefined) return [];
  const empty = { confirmed: 0, processed: 0, sendFailures: 0, receiveFailures: 0 };
  const buckets: RateBucket[] = [];
  for (let atMs = first; atMs <= last; atMs += bucketMs) buckets.push({ atMs, ...(counts.get(atMs) ?? empty) });
  return buckets;
};

/** Adds buckets up into longer intervals, e.g. minutes. `intervalMs` must be a multiple of the buckets' length. */
export const regroup = (buckets: readonly RateBucket[], intervalMs: number): readonly RateBucket[] => {
  const counts = new Map<number, { [K in RateCounter]: number }>();
  for (const bucket of buckets) {
    const key = Math.floor(bucket.atMs / intervalMs) * intervalMs;
    const sum = counts.get(key) ?? { confirmed: 0, processed: 0, sendFailures: 0, receiveFailures: 0 };
    sum.confirmed += bucket.confirmed;
    sum.processed += bucket.processed;
    sum.sendFailures += bucket.sendFailures;
    sum.receiveFailures += bucket.receiveFailures;
    counts.set(key, sum);
  }
  return fillGaps(counts, intervalMs);
};
