import { duration } from '../../testbed/page/format.ts';
import { html } from '../../testbed/page/html.ts';
import type { Journal } from '../journal/journal.ts';
import type { GameDaySummary } from '../journal/summary.ts';
import { focusPanels, overview, replicationPlots, trafficPlots } from './charts.ts';
import type { Report } from './document.ts';
import { drift } from './drift.ts';
import { keyFigures, outcomeText } from './figures.ts';
import { reconciliation } from './reconciliation.ts';
import { apiCalls, environment, findings, hypothesis, messages, promotions, steps } from './sections.ts';

/** A member of the scenario, as the journal has it. */
const scenarioText = ({ experiment }: Journal, member: 'title' | 'description'): string => {
  if (experiment === null || typeof experiment !== 'object' || Array.isArray(experiment)) return '';
  const value = Object.entries(experiment).find(([name]) => name === member)?.[1];
  return typeof value === 'string' ? value : '';
};

/** What the report of a game day says; sections about which the journal has nothing are left out. */
export const reportOf = (journal: Journal, summary: GameDaySummary): Report => {
  const title = scenarioText(journal, 'title');
  const sections = [
    { id: 'hypothesis', title: 'Hypothesis', body: hypothesis(journal) },
    { id: 'promotions', title: 'Promotions', body: promotions(journal) },
    { id: 'drift', title: 'Policy drift', body: drift(journal) },
    { id: 'reconciliation', title: 'Reconciliation', body: reconciliation(journal) },
    { id: 'timeline', title: 'Timeline', body: overview(journal) },
    { id: 'close-up', title: 'Close up', body: html`${focusPanels(journal)}` },
    { id: 'traffic', title: 'Traffic', body: html`${trafficPlots(journal)}` },
    { id: 'messages', title: 'Messages', body: messages(journal) },
    { id: 'replication', title: 'Replication', body: html`${replicationPlots(journal)}` },
    { id: 'findings', title: 'Refusals and warnings', body: findings(journal) },
    { id: 'steps', title: 'Steps', body: steps(journal) },
    { id: 'api-calls', title: 'API calls', body: apiCalls(journal) },
    { id: 'environment', title: 'Environment', body: environment(journal) },
  ];
  return {
    title,
    pageTitle: `${title}: ${journal.outcome} · game day report`,
    kicker: `Game day · scenario ${summary.scenario}, seed ${summary.seed} · ${duration(summary.virtualMs)} of virtual time`,
    outcome: outcomeText(journal),
    description: scenarioText(journal, 'description'),
    figures: keyFigures(journal, summary),
    sections: sections.filter(({ body }) => !('length' in body ? body.length === 0 : body.text === '')),
    footer:
      'Everything here is computed from journal.json in the same folder. Times are virtual, since the start of the run. A ' +
      'service gap is bounded by two confirmed sends, so it is at most one send interval too long. The cost counts state ' +
      'transitions and Lambda invocations at list prices, nothing else.',
  };
};
