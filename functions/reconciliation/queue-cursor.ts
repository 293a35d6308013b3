import * as z from 'zod/mini';

/** Place in the list of queues that a step goes on from. */
export const cursorSchema = z.int().check(z.gte(0));

/**
 * How long one invocation starts further queues, in seconds, and when the scan of a queue must end: the function
 * has 300 s (infra/catalogue.ts), of which storing what was found needs a few.
 */
export const startsQueuesForSeconds = 150;
export const endsScanAfterSeconds = 270;

/** Where one invocation left off. */
export interface QueueProgress {
  /** The next queue; the number of queues when all are done. */
  readonly next: number;
  readonly done: boolean;
}

/**
 * Works on one queue after the other, as many as one invocation may start.
 *
 * @param work whether the queue is done; after one that is not, no further one is begun
 * @throws what `work` throws
 */
export const forEachQueue = async (
  from: number,
  queues: number,
  nowMs: () => number,
  work: (index: number) => Promise<boolean>,
): Promise<QueueProgress> => {
  const untilMs = nowMs() + startsQueuesForSeconds * 1_000;
  let next = from;
  while (next < queues && nowMs() < untilMs && (await work(next))) next += 1;
  return { next, done: next >= queues };
};
