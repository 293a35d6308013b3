import { type RateBucket, regroup } from '../traffic/rate-series.ts';
import { html, type Markup } from './html.ts';
import { niceCeiling } from './plot-svg.ts';
import { timeAxis } from './time-axis-svg.ts';
import { percentAt, type TimeWindow } from './time-scale.ts';

export interface TrafficChartOptions {
  readonly window: TimeWindow;
  readonly originMs: number;
  readonly buckets: readonly RateBucket[];
  readonly bucketMs: number;
  readonly title: string;
}

/** Pixels. */
const size = { half: 32, top: 18, axis: 22 };

/** Units of the stretched inner picture: `height` above and below its middle. */
const inner = { width: 1_000, height: 100 };

/** Steps that a phone can still tell apart. */
const mostSteps = 240;

/** Messages per second: confirmed sends above the line, processed messages below it, so that both gaps line up. */
export const trafficSvg = ({ window, originMs, buckets, bucketMs, title }: TrafficChartOptions): Markup => {
  const intervalMs = bucketMs * Math.max(1, Math.ceil((window.toMs - window.fromMs) / bucketMs / mostSteps));
  const shown = regroup(buckets, intervalMs).filter(
    (bucket) => bucket.atMs + intervalMs > window.fromMs && bucket.atMs < window.toMs,
  );
  const perSecond = (messages: number): number => messages / (intervalMs / 1_000);
  const highest = shown.reduce((most, bucket) => Math.max(most, bucket.confirmed, bucket.processed), 0);
  const top = niceCeiling(perSecond(highest));
  const middle = size.top + size.half;
  const bottom = middle + size.half;
  const height = bottom + size.axis;
  const area = (messages: (bucket: RateBucket) => number, sign: 1 | -1): string => {
    const x = (atMs: number): string => ((percentAt(window, atMs) / 100) * inner.width).toFixed(1);
    const y = (bucket: RateBucket): string =>
      (inner.height * (1 - (sign * perSecond(messages(bucket))) / top)).toFixed(1);
    const steps = shown.map((bucket) => `L${x(bucket.atMs)} ${y(bucket)}H${x(bucket.atMs + intervalMs)}`).join('');
    const [first, last] = [shown[0], shown.at(-1)];
    if (first === undefined || last === undefined) return '';
    return `M${x(first.atMs)} ${inner.height}${steps}L${x(last.atMs + intervalMs)} ${inner.height}Z`;
  };
  return html`<svg class="chart" role="img" width="100%" height="${height}" aria-label="${title}">
<text class="lane" x="0" y="${size.top - 6}">Messages/s, scale ${top}: confirmed ↑ processed ↓</text>
<line class="grid" x1="0" x2="100%" y1="${size.top}" y2="${size.top}"/>
<line class="grid" x1="0" x2="100%" y1="${bottom}" y2="${bottom}"/>
<svg x="0" y="${size.top}" width="100%" height="${2 * size.half}" viewBox="0 0 ${inner.width} ${2 * inner.height}" preserveAspectRatio="none">
<path class="area-1" d="${area((bucket) => bucket.confirmed, 1)}"/>
<path class="area-2" d="${area((bucket) => bucket.processed, -1)}"/>
</svg>
<line class="base" x1="0" x2="100%" y1="${middle}" y2="${middle}"/>
${timeAxis(window, originMs, height - 6)}
</svg>`;
};
