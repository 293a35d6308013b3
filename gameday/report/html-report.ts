import { count } from '../../testbed/page/format.ts';
import { type Fragment, html, Markup } from '../../testbed/page/html.ts';
import { style } from '../../testbed/page/style.ts';
import { table } from '../../testbed/page/table.ts';
import type { Block, KeyFigure, ProbeVerdict, Report, Section, TableBlock, Text } from './document.ts';

/** The report as one HTML file that needs nothing else: no script, no font, no image from anywhere. */
export const htmlReport = ({
  title,
  pageTitle,
  kicker,
  outcome,
  description,
  figures,
  sections,
  footer,
}: Report): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${pageTitle}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<p class="kicker">${kicker}</p>
<h1>${title}</h1>
<p class="outcome ${outcome.tone}">${outcome.text}</p>
<p>${description}</p>
<dl class="figures">${figures.map(figure)}</dl>
</header>
<main>
${sections.map(section)}</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`.text;

const figure = ({ name, value, more }: KeyFigure): Markup =>
  html`<div><dt>${name}</dt><dd class="value${typeof value === 'string' ? '' : ` ${value.tone}`}">${plain(value)}</dd><dd class="more">${more}</dd></div>`;

const section = ({ id, title, body }: Section): Markup =>
  html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${body instanceof Markup ? body : body.map(block)}</section>
`;

const block = (part: Block): Markup => {
  switch (part.kind) {
    case 'paragraph':
      return html`<p>${part.text}</p>\n`;
    case 'command':
      return html`<pre><code>${part.text}</code></pre>\n`;
    case 'probes':
      return html`<ul class="probes">${part.probes.map(probe)}</ul>\n`;
    case 'table':
      return tableWithNote(part);
  }
};

const probe = ({ name, verdict, finding, before }: ProbeVerdict): Markup =>
  html`<li>${toned(verdict)}<div><strong>${name}</strong><br>${finding}${before && html`<br>Before the method: ${toned(before)}`}</div></li>`;

const tableWithNote = ({ caption, captionShown, columns, rows, hidden }: TableBlock): Markup => {
  const cells = rows.map((row) =>
    row.map((cell, index): Fragment => {
      return columns[index]?.kind === 'short' ? html`<span class="short">${toned(cell)}</span>` : toned(cell);
    }),
  );
  const heads = columns.map(({ head, kind }) => ({ head, number: kind === 'number' }));
  return html`${table(caption, heads, cells, captionShown)}
${hidden === 0 ? undefined : html`<p class="note">${count(hidden)} more are in the journal.</p>\n`}`;
};

const plain = (text: Text): string => (typeof text === 'string' ? text : text.text);

const toned = (text: Text): Fragment => {
  if (typeof text === 'string') return text;
  const { text: words, tone, bold } = text;
  return bold ? html`<strong class="${tone}">${words}</strong>` : html`<span class="${tone}">${words}</span>`;
};
