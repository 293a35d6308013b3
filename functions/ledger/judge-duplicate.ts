import type { LedgerEntry } from './ledger-entry.ts';

/**
 * Whether a message took effect more than once: `recorded` says so for certain · `possible`: it was processed, and another
 * consumer that had it in flight was never heard of again · `none`: nothing points to it.
 */
export type DuplicateJudgement = 'none' | 'possible' | 'recorded';

/** Judges an entry; with the other Region unreachable only what has arrived from it counts. */
export const judgeDuplicate = ({ processed, claims }: LedgerEntry): DuplicateJudgement => {
  if (processed.length > 1) return 'recorded';
  const [record] = processed;
  if (record === undefined) return 'none';
  return claims.some(({ region, takenOver }) => takenOver > 0 || region !== record.region) ? 'possible' : 'none';
};
