import type { GaugeRecord, Journal } from '../journal/journal.ts';
import { promotionsOf } from '../journal/promotions.ts';
import { type FocusWindow, focusWindows } from './focus-windows.ts';
import { duration, elapsed } from './format.ts';
import { type Fragment, html, type Markup } from './html.ts';
import { brokerLanes, faultLane, type Lane, outageLanes, runLanes, stateLanes } from './lanes.ts';
import { plotSvg } from './plot-svg.ts';
import type { TimeWindow } from './time-scale.ts';
import { type Marker, timelineSvg } from './timeline-svg.ts';
import { trafficSvg } from './traffic-svg.ts';

/** The whole run. */
export const wholeRun = (journal: Journal): TimeWindow => ({
  fromMs: Date.parse(journal.start),
  toMs: Math.max(Date.parse(journal.start) + 1_000, Date.parse(journal.end)),
});

/** The whole run on one axis: workflows, brokers, faults, outages. */
export const overview = (journal: Journal): Markup => {
  const window = wholeRun(journal);
  const lanes = [
    ...runLanes(journal, window),
    ...brokerLanes(journal, window),
    ...optional(faultLane(journal, window)),
    ...outageLanes(journal, window),
  ];
  const markers = promotionsOf(journal).map((promotion) => ({
    atMs: promotion.requestedAtMs,
    label: `${promotion.mode.toLowerCase()} asked`,
  }));
  const title = `Timeline of the whole run, ${duration(window.toMs - window.fromMs)}: ${lanes.map((lane) => lane.name).join(', ')}`;
  return html`<figure><figcaption>The whole run, in virtual time since its start. ${legend()}</figcaption>
${timelineSvg({ window, originMs: window.fromMs, lanes, markers, axis: true, title })}</figure>`;
};

const legend = (): Markup =>
  keys([
    ['serving', 'takes clients'],
    ['closed', 'does not'],
    ['off', 'not running'],
    ['work', 'workflow'],
    ['wait', 'waiting'],
    ['trouble', 'trouble'],
  ]);

/** Coloured squares with what they mean. */
const keys = (entries: readonly (readonly [string, string])[]): Markup =>
  html`<span class="keys">${entries.map(([key, meaning]) => html`<span><span class="key ${key}"></span>${meaning}</span> `)}</span>`;

/** A panel for each promotion and each other outage, on a linear axis of seconds. */
export const focusPanels = (journal: Journal): readonly Markup[] =>
  focusWindows(journal).map((window) => {
    const traffic = journal.traffic.find((result) => result.pair === window.pair);
    const originMs = Date.parse(journal.start);
    const lanes: readonly Lane[] = [
      ...stateLanes(journal, window),
      ...brokerLanes(journal, window),
      ...optional(faultLane(journal, window)),
      ...outageLanes(journal, window),
    ];
    const markers = markersOf(journal, window);
    const asked = markers[0];
    const spoken =
      asked === undefined
        ? ''
        : [
            `${asked.label} at ${elapsed(asked.atMs - originMs, true)}`,
            ...markers.slice(1).map(({ label }) => label),
          ].join(', ');
    return html`<section class="close-up"><h3>${window.title}</h3><figure><figcaption>${spoken === '' ? '' : `${spoken}.`}</figcaption>
${timelineSvg({ window, originMs, lanes, markers, axis: traffic === undefined, title: `${window.title}: ${spoken || lanes.map((lane) => lane.name).join(', ')}` })}
${
  traffic === undefined
    ? undefined
    : trafficSvg({
        window,
        originMs,
        buckets: traffic.buckets,
        bucketMs: traffic.bucketMs,
        title: `Messages per second of ${window.pair} at the same time`,
      })
}</figure></section>`;
  });

const markersOf = (journal: Journal, window: FocusWindow): readonly Marker[] =>
  promotionsOf(journal)
    .filter((promotion) => promotion.requestedAtMs >= window.fromMs && promotion.requestedAtMs <= window.toMs)
    .flatMap((promotion) => [
      { atMs: promotion.requestedAtMs, label: 'promotion asked' },
      ...(promotion.completedAtMs === undefined
        ? []
        : [
            {
              atMs: promotion.completedAtMs,
              label: `+${duration(promotion.completedAtMs - promotion.requestedAtMs)} roles exchanged`,
            },
          ]),
      ...(promotion.detectedAtMs === undefined
        ? []
        : [
            {
              atMs: promotion.detectedAtMs,
              label: `+${duration(promotion.detectedAtMs - promotion.requestedAtMs)} noticed`,
            },
          ]),
    ]);

/** Lag and wait times of every pair that replicated. */
export const replicationPlots = (journal: Journal): readonly Markup[] => {
  const window = wholeRun(journal);
  const pairs = [...new Set(journal.records.gauges.map((record) => record.pair))];
  return pairs.map((pair) => {
    const records = journal.records.gauges.filter((record) => record.pair === pair);
    const plot = (title: string, first: [string, keyof GaugeRecord], second: [string, keyof GaugeRecord]): Markup =>
      html`<figure><figcaption>${title} in seconds, the highest of each short interval. ${keys([
        ['line-1', first[0]],
        ['line-2', `${second[0]} (dashed)`],
      ])}</figcaption>
${plotSvg({
  window,
  originMs: window.fromMs,
  unit: 's',
  title: `${title} of ${pair} over the run, in seconds; highest ${highest(records, [first[1], second[1]])} s`,
  series: [
    { name: first[0], colour: 1, points: seconds(records, first[1]) },
    { name: second[0], colour: 2, points: seconds(records, second[1]) },
  ],
})}</figure>`;
    return html`<h3>${pair}</h3>
${plot('Replication lag', ['total, seen by the primary', 'totalReplicationLagMs'], ['seen by the replica', 'replicationLagMs'])}
${plot('Wait time', ['of the primary', 'primaryWaitTimeMs'], ['of the replica', 'replicaWaitTimeMs'])}`;
  });
};

const seconds = (records: readonly GaugeRecord[], gauge: keyof GaugeRecord) =>
  records.map((record) => {
    const value = record[gauge];
    return { atMs: record.atMs, value: typeof value === 'number' ? value / 1_000 : null };
  });

const highest = (records: readonly GaugeRecord[], gauges: readonly (keyof GaugeRecord)[]): string => {
  const values = records.flatMap((record) => gauges.map((gauge) => Number(record[gauge] ?? 0)));
  return (values.reduce((top, value) => Math.max(top, value), 0) / 1_000).toFixed(0);
};

/** Messages over the whole run, per pair with traffic. */
export const trafficPlots = (journal: Journal): readonly Markup[] => {
  const window = wholeRun(journal);
  return journal.traffic.map((traffic) => {
    const caption: Fragment = html`Messages per second of ${traffic.pair}. ${keys([
      ['line-1', 'confirmed to producers, upwards'],
      ['line-2', 'processed by consumers, downwards'],
    ])} A gap is a time in which no broker took clients.`;
    return html`<figure><figcaption>${caption}</figcaption>
${trafficSvg({
  window,
  originMs: window.fromMs,
  buckets: traffic.buckets,
  bucketMs: traffic.bucketMs,
  title: `Messages of ${traffic.pair} per second over the run: ${traffic.messages.confirmed} confirmed, ${traffic.sends.outages.length} gaps`,
})}</figure>`;
  });
};

const optional = (lane: Lane | undefined): readonly Lane[] => (lane === undefined ? [] : [lane]);
