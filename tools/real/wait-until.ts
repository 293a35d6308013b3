import { setTimeout as pause } from 'node:timers/promises';

/** Between two looks: short against everything that is waited for, long enough not to keep a busy broker busier. */
const lookEveryMs = 150;

/**
 * Looks until `probe` has a value. What it throws counts as "not yet".
 *
 * @throws Error naming what was waited for, for how long, and what the last look said
 */
export const waitUntil = async <T>(
  what: string,
  patienceMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T> => {
  const endMs = Date.now() + patienceMs;
  let last: unknown = 'nothing yet';
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= endMs) throw new Error(`${what}: not within ${patienceMs} ms (${String(last)})`, { cause: last });
    await pause(lookEveryMs);
  }
};
