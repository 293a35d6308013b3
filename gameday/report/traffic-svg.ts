import { area, curveStepAfter } from 'd3-shape';
import { html, type Markup } from '../../testbed/page/html.ts';
import { type RateBucket, regroup } from '../traffic/rate-series.ts';
import { valueScale } from './plot-svg.ts';
import { timeAxis } from './time-axis-svg.ts';
import { percentScale, type TimeWindow } from './time-scale.ts';

export interface TrafficChartOptions {
  readonly window: TimeWindow;
  readonly originMs: number;
  readonly buckets: readonly RateBucket[];
  readonly bucketMs: number;
  readonly title: string;
}

/** Pixels. */
const size = { half: 32, top: 18, axis: 22 };

/** Steps that a phone can still tell apart. */
const maxSteps = 240;

/** Messages per second: confirmed sends above the line, processed messages below it, so that both gaps line up. */
export const trafficSvg = ({ window, originMs, buckets, bucketMs, title }: TrafficChartOptions): Markup => {
  const intervalMs = bucketMs * Math.max(1, Math.ceil((window.toMs - window.fromMs) / bucketMs / maxSteps));
  const shown = regroup(buckets, intervalMs).filter(
    ({ atMs }) => atMs + intervalMs > window.fromMs && atMs < window.toMs,
  );
  const perSecond = (messages: number): number => messages / (intervalMs / 1_000);
  const x = percentScale(window);
  const y = valueScale(
    shown.map(({ confirmed, processed }) => perSecond(Math.max(confirmed, processed))),
    size.half,
  );
  // A step holds until the next one; the last one needs an end.
  const steps = [...shown, ...shown.slice(-1).map((last) => ({ ...last, atMs: last.atMs + intervalMs }))];
  const areaOf = (messages: (bucket: RateBucket) => number): string =>
    area<RateBucket>(
      ({ atMs }) => x(atMs),
      y(0),
      (bucket) => y(perSecond(messages(bucket))),
    )
      .curve(curveStepAfter)
      .digits(2)(steps) ?? '';
  const middle = size.top + size.half;
  const bottom = middle + size.half;
  return html`<svg class="chart" role="img" width="100%" height="${bottom + size.axis}" aria-label="${title}">
<text class="lane" x="0" y="${size.top - 6}">Messages/s, scale ${y.domain()[1]}: confirmed ↑ processed ↓</text>
<line class="grid" x1="0" x2="100%" y1="${size.top}" y2="${size.top}"/>
<line class="grid" x1="0" x2="100%" y1="${bottom}" y2="${bottom}"/>
<svg x="0" y="${size.top}" width="100%" height="${2 * size.half}" viewBox="0 0 100 ${2 * size.half}" preserveAspectRatio="none">
<path class="area-1" d="${areaOf(({ confirmed }) => confirmed)}"/>
<path class="area-2" d="${areaOf(({ processed }) => -processed)}"/>
</svg>
<line class="base" x1="0" x2="100%" y1="${middle}" y2="${middle}"/>
${timeAxis(window, originMs, bottom + size.axis - 6)}
</svg>`;
};
