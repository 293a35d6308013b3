import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { html, type Markup } from '../../testbed/page/html.ts';
import { timeAxis } from './time-axis-svg.ts';
import { percentScale, type TimeWindow } from './time-scale.ts';

/** A value at an instant; a null breaks the line. */
interface Point {
  readonly atMs: number;
  readonly value: number | null;
}

/** One line of a plot. */
export interface PlotLine {
  /** 1 or 2: the two colours of the style sheet. */
  readonly colour: 1 | 2;
  readonly points: readonly Point[];
}

export interface PlotOptions {
  readonly window: TimeWindow;
  readonly originMs: number;
  readonly series: readonly PlotLine[];
  readonly unit: string;
  /** What the picture shows, for those who do not see it. */
  readonly title: string;
}

/** Pixels. */
const size = { plot: 118, top: 10, axis: 22 };

/**
 * Gauges saw-tooth within seconds, which a long run would show as a solid block: each group of points is shown by its
 * largest value, so that what matters, the peaks, stays.
 */
const maxPoints = 150;

/** Lines over time, from zero. The inner picture is stretched to the page's width; strokes and text are not. */
export const plotSvg = ({ window, originMs, series, unit, title }: PlotOptions): Markup => {
  const x = percentScale(window);
  const y = valueScale(
    series.flatMap(({ points }) => points.map(({ value }) => value ?? 0)),
    size.plot,
  );
  const path = line<Point>(
    ({ atMs }) => x(atMs),
    ({ value }) => y(value ?? 0),
  )
    .defined(({ value }) => value !== null)
    .digits(2);
  const gridLines = y.ticks(3).map((value) => ({ value, atY: size.top + y(value) }));
  return html`<svg class="chart" role="img" width="100%" height="${size.top + size.plot + size.axis}" aria-label="${title}">
${gridLines.map(({ atY }) => html`<line class="grid" x1="0" x2="100%" y1="${atY}" y2="${atY}"/>`)}
${timeAxis(window, originMs, size.top + size.plot + 16)}
<svg x="0" y="${size.top}" width="100%" height="${size.plot}" viewBox="0 0 100 ${size.plot}" preserveAspectRatio="none">
${series.map(({ colour, points }) => html`<path class="line line-${colour}" d="${path(thin(points)) ?? ''}"/>`)}
</svg>
${gridLines.filter(({ value }) => value > 0).map(({ value, atY }) => html`<text class="axis halo" x="2" y="${atY + 12}">${value} ${unit}</text>`)}
</svg>`;
};

/** Positions of values, zero at `height` pixels; the highest gridline is a round number at or above all of them. */
export const valueScale = (values: readonly number[], height: number) => {
  const highest = values.reduce((top, value) => Math.max(top, value), 0);
  return scaleLinear([0, highest || 1], [height, 0]).nice(3);
};

const thin = (points: readonly Point[]): Point[] => {
  const group = Math.ceil(points.length / maxPoints);
  return Array.from({ length: Math.ceil(points.length / group) }, (_, index) =>
    points
      .slice(index * group, (index + 1) * group)
      .reduce((highest, point) => ((point.value ?? -1) > (highest.value ?? -1) ? point : highest)),
  );
};
