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
const size = { half: 52, gap: 2, top: 4, axis: 22 };

/** Columns that a phone can still tell apart. */
const mostColumns = 120;

/** Messages per second: confirmed sends above the line, processed messages below it, so that both gaps line up. */
export const trafficSvg = ({ window, originMs, buckets, bucketMs, title }: TrafficChartOptions): Markup => {
  const intervalMs = bucketMs * Math.max(1, Math.ceil((window.toMs - window.fromMs) / bucketMs / mostColumns));
  const shown = regroup(buckets, intervalMs).filter(
    (bucket) => bucket.atMs + intervalMs > window.fromMs && bucket.atMs < window.toMs,
  );
  const perSecond = (messages: number): number => messages / (intervalMs / 1_000);
  const highest = shown.reduce((top, bucket) => Math.max(top, bucket.confirmed, bucket.processed), 0);
  const top = niceCeiling(perSecond(highest));
  const middle = size.top + size.half;
  const height = middle + size.gap + size.half + size.axis;
  const column = (bucket: RateBucket, messages: number, down: boolean): Markup | undefined => {
    if (messages === 0) return undefined;
    const x = percentAt(window, bucket.atMs);
    const width = Math.max(0.1, percentAt(window, bucket.atMs + intervalMs) - x);
    const tall = (perSecond(messages) / top) * size.half;
    const y = down ? middle + size.gap : middle - tall;
    return html`<rect class="column column-${down ? 2 : 1}" x="${x}%" y="${y.toFixed(1)}" width="${(width * 0.86).toFixed(3)}%" height="${tall.toFixed(1)}"/>`;
  };
  return html`<svg class="chart" role="img" width="100%" height="${height}" aria-label="${title}">
<line class="grid" x1="0" x2="100%" y1="${size.top}" y2="${size.top}"/>
<line class="grid" x1="0" x2="100%" y1="${height - size.axis}" y2="${height - size.axis}"/>
${shown.map((bucket) => [column(bucket, bucket.confirmed, false), column(bucket, bucket.processed, true)])}
<line class="base" x1="0" x2="100%" y1="${middle + size.gap / 2}" y2="${middle + size.gap / 2}"/>
${timeAxis(window, originMs, height - 6)}
<text class="axis halo" x="2" y="${size.top + 11}">${top}/s sent</text>
<text class="axis halo" x="2" y="${height - size.axis - 4}">${top}/s processed</text>
</svg>`;
};
