import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The time a decision is made at, the only way to wait, and the only way to do two things at once.
 * A game day hands in a virtual clock, so nothing in `functions/` may read the host's time or sleep by itself.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Resolves `milliseconds` later on this clock. */
  sleepMs(milliseconds: number): Promise<void>;
  /**
   * Runs the tasks side by side and resolves with their results in the order given; rejects with the first error
   * in that order, after all have ended. Use it instead of `Promise.all` for anything that does I/O: a virtual
   * clock must know which of the branches is asleep.
   */
  concurrently<T extends readonly unknown[]>(tasks: { readonly [K in keyof T]: () => Promise<T[K]> }): Promise<T>;
}

/**
 * Results of settled tasks in order, or the first error in order.
 *
 * @throws the reason of the first rejected task
 */
export const valuesOrFirstError = <T extends readonly unknown[]>(
  settled: readonly PromiseSettledResult<unknown>[],
): T => {
  const values: unknown[] = [];
  for (const result of settled) {
    if (result.status === 'rejected') throw result.reason;
    values.push(result.value);
  }
  return values as unknown as T;
};

/** The host's clock: what a deployed function uses. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleepMs: async (milliseconds) => {
    await sleep(milliseconds);
  },
  concurrently: async <T extends readonly unknown[]>(tasks: { readonly [K in keyof T]: () => Promise<T[K]> }) =>
    valuesOrFirstError<T>(await Promise.allSettled(tasks.map((task) => task()))),
};
