import type { Finding } from '../runtime/finding.ts';
import { pageSubject } from '../runtime/page-subject.ts';
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

/** What a subject says is left to a person, in messages. */
const leftover = (toRepair: number, uncertain: number, processedTwice: number): string =>
  [
    ...(uncertain > 0 ? [`${uncertain} uncertain`] : []),
    ...(toRepair > 0 ? [`${toRepair} processed but still queued`] : []),
    ...(processedTwice > 0 ? [`${processedTwice} processed twice`] : []),
  ].join(', ');

/** The page about a reconciliation; undefined where nobody has to do anything. */
export const reconcileMessage = (about: {
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
    subject: pageSubject(
      'today',
      ending === 'Incomplete'
        ? `reconciliation of ${pair} incomplete`
        : `${pair} reconciled: ${leftover(toRepair, counts.uncertain, processedTwice)}`,
    ),
    lines: [
      `Queues: ${scan.queues}. Messages: ${counts.processed} already processed, ${counts.unprocessed} unprocessed, ${counts.uncertain} uncertain, ${counts.expired} expired.`,
      repair === undefined
        ? 'Nothing was removed. To remove what is proven processed, start reconcile with mode "repair" and the manifest below.'
        : `Moved to the quarantine: ${repair.removed}; consumed by others before the repair: ${repair.gone}.`,
      ...(processedTwice > 0
        ? [`Messages that were processed more than once: ${processedTwice}; the manifest names them.`]
        : []),
      `Manifest: ${manifest}`,
      ...findings.map(({ code, message }) => `- ${code}: ${message}`),
      runbookLine('messages-reconciled'),
    ],
  };
};
