import type { Journal } from '../journal/journal.ts';
import { promotionsOf } from '../journal/promotions.ts';
import { countBy } from '../journal/summary.ts';
import type { NamedMessage } from '../traffic/accounting.ts';
import { findingsOf } from './findings.ts';
import { count, duration, elapsed } from './format.ts';
import { type Fragment, html, type Markup } from './html.ts';
import { table } from './tables.ts';

/** Named messages that a page lists; the journal has them all. */
const mostNamed = 200;

/** Findings that a page lists; the journal has every log line. */
const mostFindings = 200;

/** What the hypothesis says, before and after. */
export const hypothesisSection = (journal: Journal): Markup => {
  const { before, after } = journal.steady_states;
  const shown = after ?? before;
  if (shown === null) return html`<p>The hypothesis was not looked at.</p>`;
  const items = shown.probes.map((probe, index) => {
    const earlier = before?.probes[index]?.tolerance_met;
    const now = after === null ? undefined : probe.tolerance_met;
    return html`<li>${verdict(now)}<div><strong>${probe.activity.name}</strong><br>${probe.finding}${earlier === true ? undefined : html`<br>Before the method: ${verdict(earlier)}`}</div></li>`;
  });
  return html`<p>${shown.title}</p>
<ul class="probes">${items}</ul>`;
};

const verdict = (met: boolean | undefined): Markup => {
  if (met === undefined) return html`<span class="warn">not looked at</span>`;
  return met ? html`<span class="good">holds</span>` : html`<strong class="bad">does not hold</strong>`;
};

/** Steps of method and rollbacks as they went. */
export const stepsSection = (journal: Journal): Markup => {
  const startMs = Date.parse(journal.start);
  const rows = [...journal.run, ...journal.rollbacks].map((step): readonly Fragment[] => [
    step.activity.name,
    html`<span class="when">${elapsed(Date.parse(step.start) - startMs)}</span>`,
    duration(step.duration * 1_000),
    step.status === 'succeeded'
      ? step.status
      : html`<strong class="${step.status === 'skipped' ? 'warn' : 'bad'}">${step.status}</strong>`,
    step.exception ?? '',
  ]);
  const columns = [
    { head: 'Step' },
    { head: 'Began' },
    { head: 'Took', number: true },
    { head: 'Status' },
    { head: 'Why' },
  ];
  return table('Method and rollbacks', columns, rows, true);
};

/** One row for each promotion. */
export const promotionsSection = (journal: Journal): Markup => {
  const startMs = Date.parse(journal.start);
  const promotions = promotionsOf(journal);
  if (promotions.length === 0) return html`<p>Nothing was promoted.</p>`;
  const rows = promotions.map((promotion): readonly Fragment[] => [
    promotion.pair,
    promotion.mode.toLowerCase(),
    `${promotion.brokerName} (${promotion.region})`,
    html`<span class="when">${elapsed(promotion.requestedAtMs - startMs)}</span>`,
    since(promotion.requestedAtMs, promotion.completedAtMs, 'not completed'),
    since(promotion.completedAtMs, promotion.detectedAtMs, 'not noticed'),
    duration(promotion.unavailableMs),
    promotion.unavailableFrom === 'clients' ? 'clients' : 'brokers',
  ]);
  return table(
    'Promotions',
    [
      { head: 'Pair' },
      { head: 'Mode' },
      { head: 'Promoted' },
      { head: 'Asked' },
      { head: 'Exchanged after', number: true },
      { head: 'Noticed after', number: true },
      { head: 'Service gap', number: true },
      { head: 'Gap measured by' },
    ],
    rows,
  );
};

const since = (fromMs: number | undefined, toMs: number | undefined, absent: string): Fragment =>
  fromMs === undefined || toMs === undefined ? html`<span class="warn">${absent}</span>` : duration(toMs - fromMs);

/** The books of every pair with traffic, and each message that needs a name. */
export const messagesSection = (journal: Journal): Markup => {
  if (journal.traffic.length === 0) return html`<p>This scenario has no traffic.</p>`;
  const rows = journal.traffic.map(({ pair, messages, drained }): readonly Fragment[] => [
    pair,
    count(messages.sent),
    count(messages.confirmed),
    count(messages.processedOnce),
    count(messages.processedTwice),
    count(messages.lost),
    count(messages.stranded),
    count(messages.queued),
    count(messages.unknown.total),
    drained ? 'yes' : html`<span class="warn">no</span>`,
  ]);
  const heads = ['Sent', 'Confirmed', 'Once', 'Twice', 'Lost', 'Stranded', 'On a queue', 'Unknown outcome'];
  const columns = [{ head: 'Pair' }, ...heads.map((head) => ({ head, number: true })), { head: 'Drained' }];
  const startMs = Date.parse(journal.start);
  const named = journal.traffic.flatMap(({ messages }) => [
    namedTable('Lost: confirmed, never processed, on no broker', messages.named.lost, startMs),
    namedTable('Processed more than once', messages.named.processedTwice, startMs),
    namedTable('Stranded: confirmed, and only on a broker that takes no clients', messages.named.stranded, startMs),
  ]);
  return html`${table('Messages at the end of the run', columns, rows)}${named}`;
};

const namedTable = (caption: string, messages: readonly NamedMessage[], startMs: number): Markup | undefined => {
  if (messages.length === 0) return undefined;
  const rows = messages
    .slice(0, mostNamed)
    .map((message): readonly Fragment[] => [
      message.id,
      message.queue,
      elapsed(message.sentAtMs - startMs, true),
      message.processedAtMs.map((atMs) => elapsed(atMs - startMs, true)).join(', ') || 'never',
      message.storedOn.join(', ') || 'none',
    ]);
  const columns = [
    { head: 'Message' },
    { head: 'Queue' },
    { head: 'Sent' },
    { head: 'Processed' },
    { head: 'Stored on' },
  ];
  const more = messages.length - rows.length;
  return html`${table(caption, columns, rows, true)}${more > 0 ? html`<p class="note">${count(more)} more are in the journal.</p>` : undefined}`;
};

/** Refusals, warnings, errors and notifications in order of time. */
export const findingsSection = (journal: Journal): Markup => {
  const findings = findingsOf(journal);
  if (findings.length === 0) return html`<p>None.</p>`;
  const startMs = Date.parse(journal.start);
  const rows = findings
    .slice(0, mostFindings)
    .map((finding): readonly Fragment[] => [
      html`<span class="when">${elapsed(finding.atMs - startMs)}</span>`,
      finding.kind === 'notification'
        ? 'notification'
        : html`<span class="${finding.kind === 'warning' ? 'warn' : 'bad'}">${finding.kind}</span>`,
      finding.source,
      finding.text,
    ]);
  const more = findings.length - rows.length;
  const shown = table(
    'Refusals, warnings, errors, notifications',
    [{ head: 'At' }, { head: 'Kind' }, { head: 'From' }, { head: 'What' }],
    rows,
  );
  return html`${shown}${more > 0 ? html`<p class="note">${count(more)} more are in the journal.</p>` : undefined}`;
};

/** Each workflow run with what AWS would count. */
export const workflowsSection = (journal: Journal): Markup => {
  const startMs = Date.parse(journal.start);
  const rows = journal.records.workflows.map((workflow): readonly Fragment[] => [
    workflow.run,
    workflow.region,
    workflow.status === 'SUCCEEDED' ? 'succeeded' : html`<strong class="bad">${workflow.status.toLowerCase()}</strong>`,
    html`<span class="when">${elapsed(workflow.startedAtMs - startMs)}</span>`,
    workflow.endedAtMs === undefined ? 'still running' : duration(workflow.endedAtMs - workflow.startedAtMs),
    count(workflow.transitions),
    count(workflow.historyEvents),
  ]);
  const columns = [
    { head: 'Run' },
    { head: 'Region' },
    { head: 'Status' },
    { head: 'Began' },
    { head: 'Took', number: true },
    { head: 'Transitions', number: true },
    { head: 'History events', number: true },
  ];
  return table('Workflow runs', columns, rows, true);
};

/** How often each operation was called in each Region, and how often it failed. */
export const apiCallsSection = (journal: Journal): Markup => {
  const calls = journal.records.apiCalls;
  const regions = [...new Set(calls.map((call) => call.region))].sort();
  const totals = countBy(calls.map((call) => `${call.service}:${call.operation}`));
  const cells = countBy(calls.map((call) => `${call.service}:${call.operation} ${call.region}`));
  const failures = countBy(
    calls.filter((call) => call.outcome !== 'ok').map((call) => `${call.service}:${call.operation}`),
  );
  const rows = Object.entries(totals).map(([operation, total]): readonly Fragment[] => [
    operation,
    ...regions.map((region) => count(cells[`${operation} ${region}`] ?? 0)),
    count(total),
    count(failures[operation] ?? 0),
  ]);
  const columns = [
    { head: 'Operation' },
    ...regions.map((head) => ({ head, number: true })),
    { head: 'Calls', number: true },
    { head: 'Errors', number: true },
  ];
  return table('API calls by operation and Region', columns, rows);
};

/** What the run was made of, and the command that repeats it. */
export const environmentSection = (journal: Journal): Markup => {
  const { environment } = journal;
  const rows: (readonly Fragment[])[] = [
    ['Scenario', environment.scenario],
    ['Seed', String(environment.seed)],
    ['mq-dr', environment.version],
    ['Node.js', `${environment.node} on ${environment.platform}`],
    ...Object.entries(environment.packages),
    ['Virtual time', `${journal.start} to ${journal.end}`],
    ['Wall time', `${duration(environment.wall.milliseconds)}, began ${environment.wall.startedAt}`],
  ];
  return html`<p>To repeat this run exactly:</p><pre><code>${environment.command}</code></pre>
${table('Versions and settings', [{ head: 'What' }, { head: 'Value' }], rows)}`;
};
