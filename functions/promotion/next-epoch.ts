import type { Epoch } from '../control/guards.ts';
import type { Intent } from '../control/intent.ts';

/**
 * Number of the epoch that a promotion belongs to. A promotion that has been recorded keeps its number, whichever run
 * records it again; it is another one when the newest epoch names another primary, or when a promotion of the same
 * broker was asked for after that epoch had begun.
 *
 * @param intent the pair's newest intent to promote
 */
export const nextEpoch = (
  newest: Epoch | undefined,
  intent: Pick<Intent, 'subject' | 'openedAtMs'> | undefined,
  primaryBrokerId: string,
): { readonly number: number; readonly isRecorded: boolean } => {
  if (newest === undefined) return { number: 1, isRecorded: false };
  const askedAgain = intent?.subject === primaryBrokerId && intent.openedAtMs > newest.promotedAtMs;
  const isRecorded = newest.primaryBrokerId === primaryBrokerId && !askedAgain;
  return { number: isRecorded ? newest.number : newest.number + 1, isRecorded };
};
