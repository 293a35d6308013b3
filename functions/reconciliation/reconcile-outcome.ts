import type { Finding } from '../runtime/finding.ts';
import { runbookLine } from '../runtime/runbook.ts';
import type { ReconcileMode } from './plan-reconciliation.ts';
import type { QueueRepair } from './repair-queue.ts';
import type { ScanTotals } from './scan-totals.ts';

/** How a reconciliation ends; `Incomplete` outweighs the others. */
export type ReconcileEnding = 'Reconciled' | 'ReportOnly' | 'Incomplete';

/** What the repair of all queues did. */
export interface RepairTotals {
  readonly removed: number;
  readonly gone: number;
  readonly complete: boolean;
  readonly findings: readonly Finding[];
}

/** Findings beyond this number are in the run's documents alone. */
const shownFindings = 20;

/** Adds up the repairs of all queues. */
export const repairTotals = (repairs: readonly QueueRepair[]): RepairTotals => ({
  removed: repairs.reduce((sum, { removed }) => sum + removed, 0),
  gone: repairs.reduce((sum, { gone }) => sum + gone, 0),
  complete: repairs.every(({ complete }) => complete),
  findings: repairs.flatMap(({ findings }) => findings).slice(0, shownFindings),
});

/** The verdict over a run: complete only where every queue was seen to its end and all counts add up. */
export const reconcileEnding = (
  mode: ReconcileMode,
  scan: Pick<ScanTotals, 'complete'>,
  repair: RepairTotals | undefined,
): ReconcileEnding => {
  if (!scan.complete || repair?.complete === false) return 'Incomplete';
  return mode === 'report' ? 'ReportOnly' : 'Reconciled';
};

/** What people are told; undefined where nothing needs them. */
export const reconcileNews = (about: {
  readonly pair: string;
  readonly ending: ReconcileEnding;
  readonly manifest: string;
  readonly scan: ScanTotals;
  readonly repair: RepairTotals | undefined;
}): { readonly subject: string; readonly lines: readonly string[] } | undefined => {
  const { pair, ending, manifest, scan, repair } = about;
  const { counts, processedTwice } = scan;
  const toRepair = repair === undefined ? counts.processed : 0;
  if (ending !== 'Incomplete' && counts.uncertain === 0 && processedTwice === 0 && toRepair === 0) return undefined;
  const findings = [...scan.findings, ...(repair?.findings ?? [])];
  return {
    subject:
      ending === 'Incomplete'
        ? `mq-dr: messages of ${pair} are reconciled incompletely`
        : `mq-dr: messages of ${pair} need a look`,
    lines: [
      `Queues: ${scan.queues}. Messages: ${counts.processed} processed already, ${counts.unprocessed} unprocessed, ${counts.uncertain} uncertain, ${counts.expired} expired.`,
      repair === undefined
        ? `Nothing was removed. To remove what is proven processed, start reconcile with mode "repair" and the manifest below.`
        : `Removed to the quarantine: ${repair.removed}; gone already: ${repair.gone}.`,
      ...(processedTwice > 0
        ? [`Messages that took effect more than once: ${processedTwice}; the manifest names them.`]
        : []),
      `Manifest: ${manifest}`,
      ...findings.map(({ code, message }) => `- ${code}: ${message}`),
      runbookLine('messages-reconciled'),
    ],
  };
};
