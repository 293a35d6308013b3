import type { Clock } from './clock.ts';

/**
 * Works through `items`, at most `lanes` at once, and gives the results in the order of the items. After an error no
 * further item is begun.
 *
 * @throws the first error by the order of the lanes, once all that had begun has ended
 */
export const inLanes = async <T, R>(
  clock: Clock,
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  const waiting = items.entries();
  let failed = false;
  const lane = async (): Promise<void> => {
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
  if (items.length === 1) await lane();
  else await clock.concurrently(Array.from({ length: Math.min(lanes, items.length) }, () => lane));
  return results;
};
