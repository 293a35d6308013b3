import type { Journal } from '../journal/journal.ts';
import { promotionsOf } from '../journal/promotions.ts';
import type { GameDaySummary } from '../journal/summary.ts';
import { driftEffects, driftFindings } from './drift.ts';
import { failoverTables } from './failovers.ts';
import { keyFigures, outcomeLine } from './figures.ts';
import { findingsOf } from './findings.ts';
import { count, duration, elapsed } from './format.ts';
import { scenarioText } from './page.ts';
import { reconcileHeads, reconcileRows, reconciliationNames, reconciliationSentence } from './reconciliation.ts';

/** Named messages and findings that the text lists; the journal has them all. */
const mostListed = 100;

/** The report as text, for a pull request, a wiki or a terminal. */
export const markdownReport = (journal: Journal, summary: GameDaySummary): string => {
  const { title, description } = scenarioText(journal);
  const startMs = Date.parse(journal.start);
  const lines = [
    `# ${inline(title)}`,
    '',
    `**${inline(outcomeLine(journal).text)}**`,
    '',
    inline(description),
    '',
    `Scenario ${inline(summary.scenario)}, seed ${summary.seed}, ${duration(summary.virtualMs)} of virtual time.`,
    '',
    ...rows(
      ['Figure', 'Value', ''],
      keyFigures(journal, summary).map(({ name, value, more }) => [name, value, more]),
    ),
    '',
    '## Hypothesis',
    '',
    ...hypothesis(journal),
    '',
    '## Promotions',
    '',
    ...promotions(journal),
    ...failovers(journal),
    '',
    ...driftLines(journal),
    ...reconciliationLines(journal),
    '## Messages',
    '',
    ...messages(journal),
    '',
    '## Refusals and warnings',
    '',
    ...findings(journal),
    '',
    '## Steps',
    '',
    ...rows(
      ['Step', 'Began', 'Took', 'Status', 'Why'],
      [...journal.run, ...journal.rollbacks].map((step) => [
        step.activity.name,
        elapsed(Date.parse(step.start) - startMs),
        duration(step.duration * 1_000),
        step.status,
        step.exception ?? '',
      ]),
    ),
    '',
    '## Workflow runs',
    '',
    ...rows(
      ['Run', 'Region', 'Status', 'Transitions', 'History events'],
      journal.records.workflows.map((run) => [
        run.run,
        run.region,
        run.status,
        count(run.transitions),
        count(run.historyEvents),
      ]),
    ),
    '',
    '## API calls',
    '',
    ...rows(
      ['Operation', 'Calls'],
      Object.entries(summary.apiCalls).map(([name, calls]) => [name, count(calls)]),
    ),
    '',
    '## Repeat',
    '',
    '```sh',
    journal.environment.command,
    '```',
    '',
  ];
  return lines.join('\n');
};

const failovers = (journal: Journal): readonly string[] =>
  failoverTables(journal).flatMap(({ caption, heads, rows: body }) => ['', `${caption}:`, '', ...rows(heads, body)]);

const driftLines = (journal: Journal): readonly string[] => {
  const [found, effects] = [driftFindings(journal), driftEffects(journal)];
  if (found.length + effects.length === 0) return [];
  return [
    '## Policy drift',
    '',
    ...rows(['Run', 'Kind', 'Code', 'What'], found.slice(0, mostListed)),
    '',
    ...rows(['Run', 'Queue', 'Before', 'After', 'Copies', 'Resync'], effects.slice(0, mostListed)),
    '',
  ];
};

const reconciliationLines = (journal: Journal): readonly string[] => {
  const runs = reconcileRows(journal);
  if (runs.length === 0) return [];
  const names = reconciliationNames(journal);
  return [
    '## Reconciliation',
    '',
    inline(reconciliationSentence(journal) ?? ''),
    '',
    ...rows(reconcileHeads, runs),
    '',
    ...(names.length === 0 ? [] : [...rows(['Verdict', 'Message'], names), '']),
  ];
};

const hypothesis = (journal: Journal): readonly string[] => {
  const shown = journal.steady_states.after ?? journal.steady_states.before;
  if (shown === null) return ['The hypothesis was not looked at.'];
  const body = shown.probes.map((probe) => [
    probe.activity.name,
    probe.tolerance_met ? 'holds' : '**does not hold**',
    probe.finding,
  ]);
  return [inline(shown.title), '', ...rows(['Probe', 'Verdict', 'Found'], body)];
};

const promotions = (journal: Journal): readonly string[] => {
  const startMs = Date.parse(journal.start);
  const found = promotionsOf(journal);
  if (found.length === 0) return ['Nothing was promoted.'];
  const since = (fromMs: number | undefined, toMs: number | undefined): string =>
    fromMs === undefined || toMs === undefined ? 'never' : duration(toMs - fromMs);
  return rows(
    ['Pair', 'Mode', 'Promoted', 'Asked', 'Exchanged after', 'Noticed after', 'Service gap'],
    found.map((promotion) => [
      promotion.pair,
      promotion.mode.toLowerCase(),
      `${promotion.brokerName} (${promotion.region})`,
      elapsed(promotion.requestedAtMs - startMs),
      since(promotion.requestedAtMs, promotion.completedAtMs),
      since(promotion.completedAtMs, promotion.detectedAtMs),
      duration(promotion.unavailableMs),
    ]),
  );
};

const messages = (journal: Journal): readonly string[] => {
  if (journal.traffic.length === 0) return ['This scenario has no traffic.'];
  const heads = ['Pair', 'Sent', 'Confirmed', 'Once', 'Twice', 'Lost', 'Stranded', 'On a queue', 'Unknown outcome'];
  const body = journal.traffic.map(({ pair, messages: totals }) => [
    pair,
    count(totals.sent),
    count(totals.confirmed),
    count(totals.processedOnce),
    count(totals.processedTwice),
    count(totals.lost),
    count(totals.stranded),
    count(totals.queued),
    count(totals.unknown.total),
  ]);
  const named = journal.traffic.flatMap(({ messages: totals }) =>
    (['lost', 'processedTwice', 'stranded'] as const).flatMap((kind) => {
      const ids = totals.named[kind].map((message) => message.id);
      if (ids.length === 0) return [];
      const more = ids.length > mostListed ? ` and ${count(ids.length - mostListed)} more in the journal` : '';
      const label = kind === 'processedTwice' ? 'Processed more than once' : kind === 'lost' ? 'Lost' : 'Stranded';
      return ['', `${label}: ${inline(ids.slice(0, mostListed).join(', '))}${more}`];
    }),
  );
  return [...rows(heads, body), ...named];
};

const findings = (journal: Journal): readonly string[] => {
  const startMs = Date.parse(journal.start);
  const found = findingsOf(journal);
  if (found.length === 0) return ['None.'];
  const body = found
    .slice(0, mostListed)
    .map((finding) => [elapsed(finding.atMs - startMs), finding.kind, finding.source, finding.text]);
  return rows(['At', 'Kind', 'From', 'What'], body);
};

const rows = (heads: readonly string[], body: readonly (readonly string[])[]): readonly string[] => [
  `| ${heads.join(' | ')} |`,
  `|${heads.map(() => ' --- |').join('')}`,
  ...body.map((cells) => `| ${cells.map(inline).join(' | ')} |`),
];

/** Text that cannot end a table cell, a line, or begin markup of its own; `**` of our own stays. */
const inline = (text: string): string =>
  text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[\\`_[\]<>|]/g, (character) =>
      character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
    );
