import { OutcomeUnknown } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import type { Intent, IntentEnd } from './intent.ts';

/** The intent records, as far as a write needs them. */
export interface IntentRecords {
  openIntent(intent: Intent): Promise<void>;
  markIssued(intent: Intent): Promise<void>;
  settleIntent(intent: Intent, settledAs: IntentEnd): Promise<void>;
}

/** The last look before the call; it gives what speaks against it now. */
export type LastLook = () => Promise<readonly Finding[]>;

/** What became of a call that is never repeated by itself. */
type Written<T> =
  | { readonly outcome: 'done'; readonly answer: T }
  | { readonly outcome: 'unknown'; readonly reason: string };

/**
 * Makes one write under an intent: records it, calls, and notes the confirmation. `write` must reject only where the
 * service surely did not act; then the intent is settled as rejected and a later attempt may open the next one.
 *
 * @throws OutcomeUnknown when the call got no answer: the intent stays open for observation to settle
 * @throws whatever `write` rejects with, and ControlConflict when another run acts at the same time
 */
export const issueWrite = async <T>(
  intent: Intent,
  records: IntentRecords,
  write: () => Promise<Written<T>>,
): Promise<T> => {
  await records.openIntent(intent);
  let written: Written<T>;
  try {
    written = await write();
  } catch (error) {
    // If this record cannot be written either, the intent stays open and the next attempt observes before it acts.
    await records.settleIntent(intent, 'rejected').catch(() => {});
    throw error;
  }
  if (written.outcome === 'unknown') {
    throw new OutcomeUnknown(
      `${intent.operation} for ${intent.subject} got no answer; looking before another attempt`,
      {
        reason: written.reason,
      },
    );
  }
  await records.markIssued(intent);
  return written.answer;
};
