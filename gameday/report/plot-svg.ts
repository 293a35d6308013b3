import { html, type Markup } from './html.ts';
import { timeAxis } from './time-axis-svg.ts';
import { percentAt, type TimeWindow } from './time-scale.ts';

/** One line of a plot; a null breaks the line. */
export interface Series {
  readonly name: string;
  /** 1 or 2: the two colours of the style sheet. */
  readonly colour: 1 | 2;
  readonly points: readonly { readonly atMs: number; readonly value: number | null }[];
}

export interface PlotOptions {
  readonly window: TimeWindow;
  readonly originMs: number;
  readonly series: readonly Series[];
  readonly unit: string;
  /** What the picture shows, for those who do not see it. */
  readonly title: string;
}

/** Pixels; the inner picture is stretched, strokes and text are not. */
const size = { height: 150, top: 10, axis: 22 };

/** Units of the stretched inner picture. */
const inner = { width: 1_000, height: 100 };

/**
 * Gauges saw-tooth within seconds, which a long run would show as a solid block: each group of points is shown by its
 * largest value, so that what matters, the peaks, stays.
 */
const mostPoints = 150;

/** Lines over time, from zero. */
export const plotSvg = ({ window, originMs, series, unit, title }: PlotOptions): Markup => {
  const values = series.flatMap((line) => line.points.flatMap((point) => (point.value === null ? [] : [point.value])));
  const top = niceCeiling(values.reduce((highest, value) => Math.max(highest, value), 0));
  const plotHeight = size.height - size.top - size.axis;
  const y = (value: number): number => size.top + plotHeight * (1 - value / top);
  const axisY = size.top + plotHeight;
  return html`<svg class="chart" role="img" width="100%" height="${size.height}" aria-label="${title}">
${[0, top / 2, top].map((value) => html`<line class="grid" x1="0" x2="100%" y1="${y(value)}" y2="${y(value)}"/>`)}
${timeAxis(window, originMs, axisY + 16)}
<svg x="0" y="${size.top}" width="100%" height="${plotHeight}" viewBox="0 0 ${inner.width} ${inner.height}" preserveAspectRatio="none">
${series.map((line) => html`<path class="line line-${line.colour}" d="${pathOf(thin(line.points), window, top)}"/>`)}
</svg>
${[top / 2, top].map((value) => html`<text class="axis halo" x="2" y="${y(value) + 12}">${value} ${unit}</text>`)}
</svg>`;
};

const pathOf = (points: Series['points'], window: TimeWindow, top: number): string => {
  let pen = 'M';
  const parts: string[] = [];
  for (const { atMs, value } of points) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    const x = (percentAt(window, atMs) / 100) * inner.width;
    const y = inner.height * (1 - Math.max(0, value) / top);
    parts.push(`${pen}${x.toFixed(1)} ${y.toFixed(1)}`);
    pen = 'L';
  }
  return parts.join('');
};

const thin = (points: Series['points']): Series['points'] => {
  const group = Math.ceil(points.length / mostPoints);
  if (group <= 1) return points;
  const kept: { atMs: number; value: number | null }[] = [];
  for (let start = 0; start < points.length; start += group) {
    const part = points.slice(start, start + group);
    const known = part.filter((point) => point.value !== null);
    const best = known.reduce<(typeof part)[number] | undefined>(
      (highest, point) => (highest === undefined || (point.value ?? 0) > (highest.value ?? 0) ? point : highest),
      undefined,
    );
    const chosen = best ?? part[0];
    if (chosen !== undefined) kept.push(chosen);
  }
  return kept;
};

/** The next of 1, 2, 4, 5, 6, 8, 10 … at or above `value`, so that its half is a round number too. */
export const niceCeiling = (value: number): number => {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 4, 6, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return factor * power;
};
