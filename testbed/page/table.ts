import { type Fragment, html, type Markup } from './html.ts';

/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly number?: boolean;
}

/**
 * A table that scrolls sideways by itself on a narrow screen. The first cell of each row is its header. A caption that
 * only repeats the heading above it is for those who hear the page.
 */
export const table = (
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Fragment[])[],
  captionShown = false,
): Markup => html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption${captionShown ? undefined : html` class="unseen"`}>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${numberClass(column)}>${column.head}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, index) => cellOf(cell, columns[index], index === 0))}</tr>\n`)}</tbody></table></div>`;

const cellOf = (cell: Fragment, column: Column | undefined, first: boolean): Markup =>
  first ? html`<th scope="row"${numberClass(column)}>${cell}</th>` : html`<td${numberClass(column)}>${cell}</td>`;

const numberClass = (column: Column | undefined): Markup | undefined =>
  column?.number === true ? html` class="number"` : undefined;
