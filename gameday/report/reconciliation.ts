import { count, counted } from '../../testbed/page/format.ts';
import type { Journal } from '../journal/journal.ts';
import { namedMessages, reconcileRuns, reconciliationSummary } from '../journal/reconciliation.ts';
import { type Block, paragraph, tableOf } from './document.ts';

/** Named messages that a report lists; the journal has them all. */
const maxNamed = 20;

const sentences = (journal: Journal): string => {
  const totals = reconciliationSummary(journal);
  if (totals === null) return '';
  const { duplicatesRemoved, orphansFound, residueFound, uncertain, contradictions } = totals;
  const verdicts = contradictions === 0 ? 'No verdict contradicts' : `${counted(contradictions, 'verdict')} contradict`;
  return (
    `Duplicates removed: ${count(duplicatesRemoved)}. Orphans found: ${count(orphansFound)}. Residual messages found: ` +
    `${count(residueFound)}. Uncertain messages: ${count(uncertain)}. ${verdicts} the delivery accounting.`
  );
};

/** Every run of reconcile, checked against the delivery accounting; empty without a run. */
export const reconciliation = (journal: Journal): readonly Block[] => {
  const runs = reconcileRuns(journal.records);
  if (runs.length === 0) return [];
  return [
    paragraph(sentences(journal)),
    ...tableOf('Runs of reconcile', runs, [
      ['Run', ({ run }) => run],
      ['Region', ({ region }) => region, 'short'],
      ['Outcome', ({ outcome }) => outcome],
      ['Queues', ({ result }) => count(result.queues), 'number'],
      ['Processed', ({ result }) => count(result.processed), 'number'],
      ['Unprocessed', ({ result }) => count(result.unprocessed), 'number'],
      ['Uncertain', ({ result }) => count(result.uncertain), 'number'],
      ['Expired', ({ result }) => count(result.expired), 'number'],
      ['Removed', ({ result }) => count(result.removed), 'number'],
      ['Manifest', ({ manifest }) => manifest.slice(0, 12)],
    ]),
    ...tableOf(
      'Named messages',
      namedMessages(journal),
      [
        ['Verdict', ([verdict]) => verdict],
        ['Message', ([, id]) => id],
      ],
      { captionShown: true, maxRows: maxNamed },
    ),
  ];
};
