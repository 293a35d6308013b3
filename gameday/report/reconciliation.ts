import type { Journal } from '../journal/journal.ts';
import { namedMessages, reconcileRuns, reconciliationSummary } from '../journal/reconciliation.ts';
import { count } from './format.ts';
import { html, type Markup } from './html.ts';
import { table } from './tables.ts';

/** Named messages that a page lists; the journal has them all. */
const mostNamed = 20;

/** Heads of the table of runs. */
export const reconcileHeads = [
  'Run',
  'Region',
  'Outcome',
  'Queues',
  'Processed',
  'Unprocessed',
  'Uncertain',
  'Expired',
  'Removed',
  'Manifest',
] as const;

/** One row for each run of reconcile. */
export const reconcileRows = (journal: Journal): readonly (readonly string[])[] =>
  reconcileRuns(journal.records).map(({ run, region, outcome, manifest, result }) => [
    run,
    region,
    outcome,
    ...[result.queues, result.processed, result.unprocessed, result.uncertain, result.expired, result.removed].map(
      count,
    ),
    manifest.slice(0, 12),
  ]);

/** What the application's own book makes of it, in a sentence; undefined where nothing was reconciled. */
export const reconciliationSentence = (journal: Journal): string | undefined => {
  const totals = reconciliationSummary(journal);
  if (totals === null) return undefined;
  const { duplicatesRemoved, orphansFound, residueFound, uncertain, contradictions } = totals;
  const agreement =
    contradictions === 0
      ? "No verdict contradicts the application's own book."
      : `${count(contradictions)} verdicts contradict the application's own book.`;
  return (
    `${count(duplicatesRemoved)} duplicates were removed, ${count(orphansFound)} orphans and ` +
    `${count(residueFound)} messages of residue were found, ${count(uncertain)} were uncertain. ${agreement}`
  );
};

/** Named messages, as many as a page lists: class and id. */
export const reconciliationNames = (journal: Journal): readonly (readonly string[])[] =>
  namedMessages(journal).slice(0, mostNamed);

/** Every run of reconcile, held against the books. */
export const reconciliationSection = (journal: Journal): Markup => {
  const numeric = new Set<string>(['Queues', 'Processed', 'Unprocessed', 'Uncertain', 'Expired', 'Removed']);
  const columns = reconcileHeads.map((head) => ({ head, number: numeric.has(head) }));
  const names = reconciliationNames(journal);
  const listed = table('Named messages', [{ head: 'Verdict' }, { head: 'Message' }], names, true);
  return html`<p>${reconciliationSentence(journal)}</p>
${table('Runs of reconcile', columns, reconcileRows(journal))}
${names.length === 0 ? undefined : listed}`;
};
