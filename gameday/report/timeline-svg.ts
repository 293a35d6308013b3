import { html, type Markup } from '../../testbed/page/html.ts';
import type { Bar, Lane } from './lanes.ts';
import { timeAxis } from './time-axis-svg.ts';
import { percentScale, type TimeWindow } from './time-scale.ts';

/** A vertical line through all lanes. */
export interface Marker {
  readonly atMs: number;
  readonly label: string;
}

export interface TimelineOptions {
  readonly window: TimeWindow;
  /** Zero of the axis labels. */
  readonly originMs: number;
  readonly lanes: readonly Lane[];
  readonly markers: readonly Marker[];
  /** False when another chart below has the axis. */
  readonly axis: boolean;
  /** What the picture shows, for those who do not see it. */
  readonly title: string;
}

type Position = ReturnType<typeof percentScale>;

/** Pixels. Text does not scale with the picture, so it stays legible at every width. */
const size = { lane: 42, bar: 20, title: 16, axis: 22, marker: 16, charWidth: 6.4, wide: 900, narrow: 300 };

/**
 * Lanes on one linear time axis. All horizontal positions are percentages, so the picture takes any width; a bar's
 * label shows only where the bar is wide enough for it.
 */
export const timelineSvg = ({ window, originMs, lanes, markers, axis, title }: TimelineOptions): Markup => {
  // Each marker's label has a row of its own, so that labels of near markers do not collide.
  const top = markers.length * size.marker + 4;
  const axisY = top + lanes.length * size.lane;
  const height = axisY + (axis ? size.axis : 4);
  const position = percentScale(window);
  return html`<svg class="chart timeline" role="img" width="100%" height="${height}" aria-label="${title}">
${timeAxis(window, originMs, axis ? axisY + 16 : undefined, { top, bottom: axisY })}
${markers.map((marker, index) => markerLine(position(marker.atMs), marker.label, axisY, index))}
${lanes.map((lane, index) => laneRow(position, lane, top + index * size.lane))}
</svg>`;
};

const markerLine = (x: number, label: string, axisY: number, index: number): Markup => {
  const y = (index + 1) * size.marker - 4;
  const end = x > 60;
  const dx = end ? -5 : 5;
  return html`<line class="marker" x1="${x}%" x2="${x}%" y1="${y - 9}" y2="${axisY}"/><text class="marker-label" x="${x}%" dx="${dx}" y="${y}" text-anchor="${end ? 'end' : 'start'}">${label}</text>`;
};

const laneRow = (position: Position, lane: Lane, y: number): Markup => {
  const barY = y + size.title;
  return html`<text class="lane" x="0" y="${y + 12}">${lane.name}</text><rect class="track" x="0" y="${barY}" width="100%" height="${size.bar}"/>${lane.bars.map((bar) => barShape(position, bar, barY))}`;
};

const barShape = (position: Position, bar: Bar, y: number): Markup => {
  const x = position(bar.fromMs);
  const width = Math.max(0, position(bar.toMs) - x);
  const tooltip = html`<title>${bar.label}</title>`;
  if (width < 0.15) {
    return html`<line class="tick-${bar.tone}" x1="${x}%" x2="${x}%" y1="${y}" y2="${y + size.bar}">${tooltip}</line>`;
  }
  const needed = bar.label.length * size.charWidth + 10;
  const fits = (pictureWidth: number): boolean => (width / 100) * pictureWidth >= needed;
  const label = fits(size.wide)
    ? html`<text class="bar-label on-${bar.tone}${fits(size.narrow) ? '' : ' wide-only'}" x="${x}%" dx="5" y="${y + 14}">${bar.label}</text>`
    : undefined;
  return html`<rect class="bar ${bar.tone}" x="${x}%" y="${y}" width="${width}%" height="${size.bar}">${tooltip}</rect>${label}`;
};
