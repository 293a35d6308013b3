import { ServiceUnavailable } from '../shared/errors.ts';
import type { DestinationCounts, QueueCounts } from '../shared/queue-counts.ts';
import type { WalkCounts } from '../shared/queue-walk.ts';
import { countUnseen } from './conservation.ts';

const unlessUnavailable = (error: unknown): undefined => {
  if (!(error instanceof ServiceUnavailable)) throw error;
};

/**
 * Makes the question that a walk asks at the end of its queue: how many messages the counters show beyond those that it
 * saw. None where no counters can be read, now or ever: what the walk has done must be recorded first, and whoever judges
 * it reads them again.
 *
 * @param before the queue's counters at the start; undefined where none could be read
 * @throws as `readCounts`, but for ServiceUnavailable
 */
export const lookForUnseen =
  (
    queue: string,
    before: QueueCounts | undefined,
    readCounts: () => Promise<DestinationCounts | undefined>,
  ): ((counts: WalkCounts) => Promise<number>) =>
  async (counts) => {
    // Most walks see all that was there, and the counters of all queues need not be read once more for that.
    if (before === undefined || counts.seen >= before.size) return 0;
    const now = (await readCounts().catch(unlessUnavailable))?.queues.get(queue);
    return now === undefined ? 0 : countUnseen(before, now, counts);
  };
