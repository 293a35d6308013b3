import { duration, elapsed } from '../../testbed/page/format.ts';
import { html, type Markup } from '../../testbed/page/html.ts';
import type { GaugeRecord, Journal } from '../journal/journal.ts';
import { promotionsOf } from '../journal/promotions.ts';
import { type FocusWindow, focusWindows } from './focus-windows.ts';
import { lanesOf } from './lanes.ts';
import { plotSvg } from './plot-svg.ts';
import type { TimeWindow } from './time-scale.ts';
import { type Marker, timelineSvg } from './timeline-svg.ts';
import { trafficSvg } from './traffic-svg.ts';

const wholeRun = (journal: Journal): TimeWindow => ({
  fromMs: Date.parse(journal.start),
  toMs: Math.max(Date.parse(journal.start) + 1_000, Date.parse(journal.end)),
});

/** Coloured squares with what they mean. */
const keys = (entries: Readonly<Record<string, string>>): Markup =>
  html`<span class="keys">${Object.entries(entries).map(([key, meaning]) => html`<span><span class="key ${key}"></span>${meaning}</span> `)}</span>`;

/** The whole run on one axis: workflows, brokers, faults, outages. */
export const overview = (journal: Journal): Markup => {
  const window = wholeRun(journal);
  const lanes = lanesOf(journal, window, 'runs');
  const markers = promotionsOf(journal).map(({ requestedAtMs, mode }) => ({
    atMs: requestedAtMs,
    label: `${mode.toLowerCase()} requested`,
  }));
  const title = `Timeline of the whole run, ${duration(window.toMs - window.fromMs)}: ${lanes.map(({ name }) => name).join(', ')}`;
  const legend = keys({
    serving: 'takes clients',
    closed: 'does not',
    off: 'not running',
    work: 'workflow',
    wait: 'waiting',
    trouble: 'trouble',
  });
  return html`<figure><figcaption>The whole run, in virtual time since its start. ${legend}</figcaption>
${timelineSvg({ window, originMs: window.fromMs, lanes, markers, axis: true, title })}</figure>
`;
};

/** A panel for each promotion and each other outage, on a linear axis of seconds. */
export const focusPanels = (journal: Journal): readonly Markup[] => {
  const originMs = Date.parse(journal.start);
  return focusWindows(journal).map((window) => {
    const { title, pair } = window;
    const traffic = journal.traffic.find((result) => result.pair === pair);
    const lanes = lanesOf(journal, window, 'states');
    const markers = markersOf(journal, window);
    const spoken = markers
      .map(({ atMs, label }, index) => (index === 0 ? `${label} at ${elapsed(atMs - originMs, true)}` : label))
      .join(', ');
    const timelineTitle = `${title}: ${spoken || lanes.map(({ name }) => name).join(', ')}`;
    return html`<section class="close-up"><h3>${title}</h3><figure><figcaption>${spoken && `${spoken}.`}</figcaption>
${timelineSvg({ window, originMs, lanes, markers, axis: traffic === undefined, title: timelineTitle })}
${traffic && trafficSvg({ ...traffic, window, originMs, title: `Messages per second of ${pair} at the same time` })}</figure></section>
`;
  });
};

const markersOf = (journal: Journal, { fromMs, toMs }: FocusWindow): readonly Marker[] =>
  promotionsOf(journal)
    .filter(({ requestedAtMs }) => requestedAtMs >= fromMs && requestedAtMs <= toMs)
    .flatMap(({ requestedAtMs, completedAtMs, detectedAtMs }) => {
      const later = (atMs: number | undefined, what: string): readonly Marker[] =>
        atMs === undefined ? [] : [{ atMs, label: `+${duration(atMs - requestedAtMs)} ${what}` }];
      return [
        { atMs: requestedAtMs, label: 'promotion requested' },
        ...later(completedAtMs, 'roles exchanged'),
        ...later(detectedAtMs, 'noticed'),
      ];
    });

/** A gauge of replication in milliseconds, and what it shows. */
type Gauge = readonly [
  field: 'totalReplicationLagMs' | 'replicationLagMs' | 'primaryWaitTimeMs' | 'replicaWaitTimeMs',
  meaning: string,
];

/** Lag and wait times of every pair that replicated. */
export const replicationPlots = (journal: Journal): readonly Markup[] => {
  const window = wholeRun(journal);
  const pairs = [...Map.groupBy(journal.records.gauges, ({ pair }) => pair)];
  const plot = (records: readonly GaugeRecord[], pair: string, what: string, first: Gauge, second: Gauge): Markup => {
    const lineOf = <C extends 1 | 2>(colour: C, [field]: Gauge) => ({
      colour,
      points: records.map(({ atMs, [field]: ms }) => ({ atMs, value: ms === null ? null : ms / 1_000 })),
    });
    const series = [lineOf(1, first), lineOf(2, second)];
    const values = series.flatMap(({ points }) => points.map(({ value }) => value ?? 0));
    const highest = values.reduce((top, value) => Math.max(top, value), 0).toFixed(0);
    const title = `${what} of ${pair} over the run, in seconds; highest ${highest} s`;
    const legend = keys({ 'line-1': first[1], 'line-2': `${second[1]} (dashed)` });
    return html`<figure><figcaption>${what} in seconds, the highest of each short interval. ${legend}</figcaption>
${plotSvg({ window, originMs: window.fromMs, unit: 's', title, series })}</figure>
`;
  };
  if (pairs.length === 0) return [];
  return [
    html`<p>Gauges as the brokers report them. They are absent after a role change until the first event; a lag that stays level while the wait time grows is frozen.</p>
`,
    ...pairs.flatMap(([pair, records]) => [
      html`<h3>${pair}</h3>
`,
      plot(
        records,
        pair,
        'Replication lag',
        ['totalReplicationLagMs', 'total, seen by the primary'],
        ['replicationLagMs', 'seen by the replica'],
      ),
      plot(
        records,
        pair,
        'Wait time',
        ['primaryWaitTimeMs', 'of the primary'],
        ['replicaWaitTimeMs', 'of the replica'],
      ),
    ]),
  ];
};

/** Messages over the whole run, per pair with traffic. */
export const trafficPlots = (journal: Journal): readonly Markup[] => {
  const window = wholeRun(journal);
  return journal.traffic.map((traffic) => {
    const { pair, messages, sends } = traffic;
    const title = `Messages of ${pair} per second over the run: ${messages.confirmed} confirmed, ${sends.outages.length} gaps`;
    const legend = keys({
      'line-1': 'confirmed to producers, upwards',
      'line-2': 'processed by consumers, downwards',
    });
    return html`<figure><figcaption>Messages per second of ${pair}. ${legend} A gap is a time in which no broker took clients.</figcaption>
${trafficSvg({ ...traffic, window, originMs: window.fromMs, title })}</figure>
`;
  });
};
