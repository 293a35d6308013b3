import { count } from '../../testbed/page/format.ts';
import { html, type Markup } from '../../testbed/page/html.ts';
import type { Grid, GridCell } from '../runner/proof-result.ts';

const cell = (content: GridCell | null): Markup => {
  if (content === null) return html`<td class="none"><span class="unseen">no case</span>·</td>`;
  const { cases, failed, reason } = content;
  if (failed === 0) return html`<td class="held"><span class="unseen">held, cases: </span>${count(cases)}</td>`;
  return html`<td class="broken" title="${reason}"><span class="unseen">broken: </span>${count(failed)}/${count(cases)}</td>`;
};

const casesOf = ({ rows }: Grid): { readonly cases: number; readonly failed: number } => {
  const cells = rows.flatMap((row) => row.cells).filter((each) => each !== null);
  return {
    cases: cells.reduce((sum, { cases }) => sum + cases, 0),
    failed: cells.reduce((sum, { failed }) => sum + failed, 0),
  };
};

const totalsOf = (grid: Grid): string => {
  const { cases, failed } = casesOf(grid);
  return failed === 0 ? count(cases) : `${count(failed)} of ${count(cases)} broken`;
};

/** A matrix of cases: the number of cases where all held, `broken/all` with the reason where not. */
export const gridTable = (grid: Grid): Markup => {
  const { title, columns, rows } = grid;
  return html`<h3>${title} <span class="note">${totalsOf(grid)}</span></h3>
<div class="scroll matrix-box" role="region" aria-label="${title}" tabindex="0"><table class="matrix"><caption class="unseen">${title}</caption>
<thead><tr><td class="corner"></td>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(({ label, cells }) => html`<tr><th scope="row">${label}</th>${cells.map(cell)}</tr>\n`)}</tbody></table></div>`;
};

/** Style of the matrices, in addition to that of every report. */
export const gridStyle = html`
:root{--held:#dcefe3;--on-held:#174f34}
@media (prefers-color-scheme:dark){:root{--held:#1d3a2b;--on-held:#a9dfc1}}
header,main{max-width:80rem}
h3 .note{font-weight:400;margin-left:.35em}
.matrix-box{position:relative}
.matrix{width:auto;border-collapse:separate;border-spacing:2px}
.matrix th,.matrix td{border:0;padding:.1rem .5rem;font-size:.8125rem;line-height:1.4}
.matrix thead th{vertical-align:bottom;text-align:center;white-space:normal;min-width:3.25rem;max-width:6.5rem;padding-bottom:.3rem;line-height:1.2}
.matrix tbody th{white-space:nowrap;padding-left:0;font-weight:400}
.matrix td{text-align:center;white-space:nowrap}
.matrix .held{background:var(--held);color:var(--on-held)}
.matrix .broken{background:var(--trouble);color:var(--on-trouble);font-weight:600}
.matrix .none{color:var(--soft)}`;
