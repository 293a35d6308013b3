import { driftRuns } from '../journal/drift.ts';
import type { Journal } from '../journal/journal.ts';
import { reconcileRuns } from '../journal/reconciliation.ts';
import type { GameDaySummary } from '../journal/summary.ts';
import { focusPanels, overview, replicationPlots, trafficPlots } from './charts.ts';
import { driftSection } from './drift.ts';
import { failoversSection } from './failovers.ts';
import { keyFigures, outcomeLine } from './figures.ts';
import { duration } from './format.ts';
import { html, type Markup } from './html.ts';
import { reconciliationSection } from './reconciliation.ts';
import {
  apiCallsSection,
  environmentSection,
  findingsSection,
  hypothesisSection,
  messagesSection,
  promotionsSection,
  stepsSection,
  workflowsSection,
} from './sections.ts';
import { style } from './style.ts';

/** Title and description of the scenario, as the journal has them. */
export const scenarioText = (journal: Journal): { readonly title: string; readonly description: string } => {
  const { experiment } = journal;
  const fields = experiment !== null && typeof experiment === 'object' && !Array.isArray(experiment) ? experiment : {};
  const text = (key: string): string => {
    const value = Object.entries(fields).find(([name]) => name === key)?.[1];
    return typeof value === 'string' ? value : '';
  };
  return { title: text('title'), description: text('description') };
};

/** The report as one HTML file that needs nothing else: no script, no font, no image from anywhere. */
export const htmlReport = (journal: Journal, summary: GameDaySummary): string => {
  const { title, description } = scenarioText(journal);
  const outcome = outcomeLine(journal);
  const panels = focusPanels(journal);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}: ${journal.outcome} · game day report</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<p class="kicker">Game day · scenario ${summary.scenario}, seed ${summary.seed} · ${duration(summary.virtualMs)} of virtual time</p>
<h1>${title}</h1>
<p class="outcome ${outcome.tone}">${outcome.text}</p>
<p>${description}</p>
<dl class="figures">${keyFigures(journal, summary).map(figure)}</dl>
</header>
<main>
${section('hypothesis', 'Hypothesis', hypothesisSection(journal))}
${section('promotions', 'Promotions', html`${promotionsSection(journal)}${failoversSection(journal)}`)}
${driftRuns(journal.records.workflows).length === 0 ? undefined : section('drift', 'Policy drift', driftSection(journal))}
${reconcileRuns(journal.records).length === 0 ? undefined : section('reconciliation', 'Reconciliation', reconciliationSection(journal))}
${section('timeline', 'Timeline', overview(journal))}
${panels.length === 0 ? undefined : section('close-up', 'Close up', html`${panels}`)}
${journal.traffic.length === 0 ? undefined : section('traffic', 'Traffic', html`${trafficPlots(journal)}`)}
${section('messages', 'Messages', messagesSection(journal))}
${journal.records.gauges.length === 0 ? undefined : section('replication', 'Replication', html`<p>Gauges as the brokers report them. They are absent after a role change until the first event; a lag that stays level while the wait time grows is frozen.</p>${replicationPlots(journal)}`)}
${section('findings', 'Refusals and warnings', findingsSection(journal))}
${section('steps', 'Steps', html`${stepsSection(journal)}${workflowsSection(journal)}`)}
${section('api-calls', 'API calls', apiCallsSection(journal))}
${section('environment', 'Environment', environmentSection(journal))}
</main>
<footer><p>Everything here is computed from journal.json beside this file. Times are virtual, since the start of the run. A service gap is bounded by two confirmed sends, so it is at most one send interval too long. The cost counts state transitions and Lambda invocations at list prices, nothing else.</p></footer>
</body>
</html>
`;
  return page.text;
};

const figure = ({ name, value, more, tone }: ReturnType<typeof keyFigures>[number]): Markup =>
  html`<div><dt>${name}</dt><dd class="value${tone === undefined ? '' : ` ${tone}`}">${value}</dd><dd class="more">${more}</dd></div>`;

const section = (id: string, title: string, body: Markup): Markup =>
  html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${body}
</section>`;
