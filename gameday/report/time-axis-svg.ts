import { elapsed } from '../../testbed/page/format.ts';
import { html, type Markup } from '../../testbed/page/html.ts';
import { percentScale, type TimeWindow, ticks } from './time-scale.ts';

/** More labels than this run into one another on a wide screen; every second one is hidden on a narrow one. */
const maxLabels = 8;

/** Labels of a time axis at height `y`, or none without it, and grid lines from `top` down to `bottom` if asked for. */
export const timeAxis = (
  window: TimeWindow,
  originMs: number,
  y: number | undefined,
  grid?: { readonly top: number; readonly bottom: number },
): readonly Markup[] => {
  const position = percentScale(window);
  return ticks(window, originMs, maxLabels).map((atMs, index) => {
    const x = position(atMs);
    const anchor = x < 4 ? 'start' : x > 96 ? 'end' : 'middle';
    const visibility = index % 2 === 1 ? ' wide-only' : '';
    return html`${grid && html`<line class="grid" x1="${x}%" x2="${x}%" y1="${grid.top}" y2="${grid.bottom}"/>`}${
      y === undefined
        ? undefined
        : html`<text class="axis${visibility}" x="${x}%" y="${y}" text-anchor="${anchor}">${elapsed(atMs - originMs)}</text>`
    }`;
  });
};
