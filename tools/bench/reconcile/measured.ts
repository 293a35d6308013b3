/** What something gave, and how long it took. */
export interface Measured<T> {
  readonly seconds: number;
  readonly result: T;
}

/** Measures one run of `work`. */
export const measured = async <T>(work: () => Promise<T>): Promise<Measured<T>> => {
  const startedMs = performance.now();
  const result = await work();
  return { seconds: (performance.now() - startedMs) / 1_000, result };
};
