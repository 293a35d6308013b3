import type { MessageEntry } from '../../testbed/accounting.ts';

/** A line of a manifest, as far as the accounting needs it. */
export interface ReconciledMessage {
  /** Application id, without JMS's prefix. */
  readonly id: string;
  readonly class: 'processed' | 'unprocessed' | 'uncertain' | 'expired';
}

/** One run of reconcile, checked against the delivery accounting at the moment of its end. */
export interface ReconciliationSnapshot {
  readonly atMs: number;
  readonly run: string;
  readonly messages: readonly ReconciledMessage[];
  /** Whether it removed what it proved processed. */
  readonly repaired: boolean;
  /** Messages that only the broker which was gone through holds. */
  readonly onlyHere: ReadonlySet<string>;
  /** The promotion before the newest one: until then this broker was the primary, or nothing had been promoted. */
  readonly previousPromotionAtMs: number | undefined;
}

/** What reconciliation did, by the application's delivery accounting; each id counts once in a class. */
export interface ReconciliationTotals {
  readonly runs: number;
  /** Removed, and processed in the epoch that the newest promotion ended: their acknowledgements had not crossed. */
  readonly duplicatesRemoved: number;
  /** Unprocessed messages of an earlier epoch that this broker alone had kept. */
  readonly orphansFound: number;
  /** Proven processed in an earlier epoch, and still there. */
  readonly residueFound: number;
  /** Nobody can tell whether they were processed; each is named. */
  readonly uncertain: number;
  readonly named: {
    readonly uncertain: readonly string[];
    /** Called processed, and the application never processed them: nothing may be here. */
    readonly wronglyProcessed: readonly string[];
    /** Called unprocessed, and the application had processed them: nothing may be here. */
    readonly wronglyUnprocessed: readonly string[];
  };
}

/**
 * Checks what reconciliation says about messages against what the application itself knows.
 *
 * @param entryOf the application's entry of a message; undefined for one that no producer of the run sent
 */
export const reconciliationTotals = (
  snapshots: readonly ReconciliationSnapshot[],
  entryOf: (id: string) => MessageEntry | undefined,
): ReconciliationTotals => {
  const duplicates = new Set<string>();
  const orphans = new Set<string>();
  const residue = new Set<string>();
  const uncertain = new Set<string>();
  const wronglyProcessed = new Set<string>();
  const wronglyUnprocessed = new Set<string>();
  for (const { messages, repaired, onlyHere, previousPromotionAtMs = 0, atMs } of snapshots) {
    for (const { id, class: judged } of messages) {
      const entry = entryOf(id);
      if (entry === undefined) continue;
      const processedAtMs = entry.processedAtMs.find((time) => time <= atMs);
      if (judged === 'uncertain') uncertain.add(id);
      if (judged === 'processed') {
        if (processedAtMs === undefined) wronglyProcessed.add(id);
        else if (processedAtMs < previousPromotionAtMs) residue.add(id);
        else if (repaired) duplicates.add(id);
      }
      if (judged === 'unprocessed') {
        if (processedAtMs !== undefined) wronglyUnprocessed.add(id);
        else if (onlyHere.has(id) && entry.sentAtMs < previousPromotionAtMs) orphans.add(id);
      }
    }
  }
  return {
    runs: snapshots.length,
    duplicatesRemoved: duplicates.size,
    orphansFound: orphans.size,
    residueFound: residue.size,
    uncertain: uncertain.size,
    named: {
      uncertain: [...uncertain],
      wronglyProcessed: [...wronglyProcessed],
      wronglyUnprocessed: [...wronglyUnprocessed],
    },
  };
};
