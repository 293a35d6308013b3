import type { ScannedQueue } from '../../../functions/reconciliation/manifest.ts';
import type { QueueRepair } from '../../../functions/reconciliation/repair-queue.ts';
import { isProcessed, numbersTo } from './backlog.ts';

/** What is quick because it does something else is no figure. @throws Error naming what is not as it should be */
export const mustBe = (what: string, found: unknown, expected: unknown): void => {
  const [is, shouldBe] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== shouldBe) throw new Error(`${what} is ${is} and should be ${shouldBe}: nothing that it took is a figure`);
};

/** A scan as it came. */
export interface CheckedScan {
  readonly result: ScannedQueue;
}

/**
 * Checks what a scan says about the bench's queue.
 *
 * @returns messages that it did not get to see
 * @throws Error when it judged wrongly what it saw
 */
export const checkScan = ({ counts, complete, findings }: ScannedQueue, messages: number): number => {
  const { processed, unprocessed, uncertain, expired } = counts;
  const judged = { uncertain, expired, complete };
  mustBe(`a scan (${JSON.stringify(findings)})`, judged, { uncertain: 0, expired: 0, complete: true });
  const unseen = messages - processed - unprocessed;
  const expected = numbersTo(messages).filter(isProcessed).length;
  if (unseen === 0) mustBe('the number of processed messages', processed, expected);
  return unseen;
};

/**
 * Checks what a repair says.
 *
 * @param manifest what it was to remove
 * @returns messages that it should have removed and did not get to see
 * @throws Error for an incomplete one
 */
export const checkRepair = ({ removed, complete, findings }: QueueRepair, manifest: ScannedQueue): number => {
  mustBe(`whether a repair is complete (${JSON.stringify(findings)})`, complete, true);
  return manifest.counts.processed - removed;
};
