import { html, type Markup } from '../../gameday/report/html.ts';
import type { Grid, GridCell } from '../shared/proof-result.ts';

const cell = (content: GridCell | null): Markup => {
  if (content === null) return html`<td class="none"><span class="unseen">no case</span>·</td>`;
  const { cases, failed, reason } = content;
  if (failed === 0) return html`<td class="held"><span class="unseen">held, cases: </span>${cases}</td>`;
  return html`<td class="broken" title="${reason}"><span class="unseen">broken: </span>${failed}/${cases}</td>`;
};

/** A matrix of cases: the number of cases where all held, `broken/all` with the reason where not. */
export const gridTable = ({ title, columns, rows }: Grid): Markup => html`<h3>${title}</h3>
<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table class="matrix"><caption class="unseen">${title}</caption>
<thead><tr><th scope="col"><span class="unseen">state</span></th>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(({ label, cells }) => html`<tr><th scope="row">${label}</th>${cells.map(cell)}</tr>\n`)}</tbody></table></div>`;

/** Looks of the matrices, beside the style of every report. */
export const gridStyle = html`
.matrix{width:auto}.matrix th,.matrix td{padding:.15rem .6rem;white-space:nowrap}
.matrix td{text-align:center}.matrix .held{color:var(--good)}
.matrix .broken{background:var(--trouble);color:var(--on-trouble);font-weight:600}
.matrix .none{color:var(--soft)}`;
