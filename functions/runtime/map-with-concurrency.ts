import type { Clock } from './clock.ts';

/**
 * Maps the items with at most `limit` workers at once; results are in the order of the items. After an error no further
 * item is started.
 *
 * @throws the first error by the order of the workers, once all started work has ended
 */
export const mapWithConcurrency = async <T, R>(
  clock: Clock,
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  const waiting = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
      if (failed) return;
    }
  };
  if (items.length === 1) await worker();
  else await clock.concurrently(Array.from({ length: Math.min(limit, items.length) }, () => worker));
  return results;
};
