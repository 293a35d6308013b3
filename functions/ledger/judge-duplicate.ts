import type { LedgerEntry } from './ledger-entry.ts';
import { provesProcessed } from './proves-processed.ts';

/**
 * Whether a message took effect more than once: `recorded` says so for certain · `possible`: it was processed, and another
 * consumer that had it in flight was never heard of again · `none`: nothing points to it.
 */
export type DuplicateJudgement = 'none' | 'possible' | 'recorded';

/** Records that say different creation times are of different messages with the same id. */
const isTwice = (records: LedgerEntry['processed']): boolean =>
  records.some((one, index) => records.slice(index + 1).some((other) => provesProcessed(one, other.createdAtMs)));

/** Judges an entry; with the other Region unreachable only what has arrived from it counts. */
export const judgeDuplicate = ({ processed, claims }: LedgerEntry): DuplicateJudgement => {
  if (isTwice(processed)) return 'recorded';
  const [record] = processed;
  if (record === undefined) return 'none';
  return claims.some(({ region, takenOver }) => takenOver > 0 || region !== record.region) ? 'possible' : 'none';
};
