import { markdownTable } from 'markdown-table';
import { type Options, toMarkdown } from 'mdast-util-to-markdown';
import { printableText } from '../../functions/runtime/printable.ts';
import { count } from '../../testbed/page/format.ts';
import { Markup } from '../../testbed/page/html.ts';
import type { Block, ColumnKind, Report, Section, TableBlock, Text } from './document.ts';

/** The report as text, for a pull request, a wiki or a terminal; charts are left out. */
export const markdownReport = ({ title, kicker, outcome, description, figures, sections, footer }: Report): string =>
  `${[
    `# ${inline(title)}`,
    inline({ ...outcome, bold: true }),
    inline(description),
    inline(kicker),
    rowsOf(
      ['KeyFigure', 'Value', ''],
      figures.map(({ name, value, more }) => [name, value, more]),
    ),
    ...sections.flatMap(section),
    inline(footer),
  ].join('\n\n')}\n`;

const section = ({ title, body }: Section): readonly string[] =>
  body instanceof Markup ? [] : [`## ${title}`, ...body.flatMap(block)];

const block = (part: Block): readonly string[] => {
  switch (part.kind) {
    case 'paragraph':
      return [inline(part.text)];
    case 'command':
      return [toMarkdown({ type: 'code', lang: 'sh', value: part.text }).trimEnd()];
    case 'probes':
      return [
        rowsOf(
          ['Probe', 'Verdict', 'Found'],
          part.probes.map(({ name, verdict, finding, before }) => [
            name,
            verdict,
            before === undefined ? finding : `${finding} (before the method: ${plain(before)})`,
          ]),
        ),
      ];
    case 'table':
      return table(part);
  }
};

const table = ({ caption, captionShown, columns, rows, hidden }: TableBlock): readonly string[] => [
  ...(captionShown ? [`### ${inline(caption)}`] : []),
  rowsOf(
    columns.map(({ head }) => head),
    rows,
    columns.map(({ kind }) => kind),
  ),
  ...(hidden === 0 ? [] : [`${count(hidden)} more are in the journal.`]),
];

const rowsOf = (
  heads: readonly string[],
  rows: readonly (readonly Text[])[],
  kinds: readonly ColumnKind[] = [],
): string =>
  markdownTable(
    [heads, ...rows].map((row) => row.map(inline)),
    { align: kinds.map((kind) => (kind === 'number' ? 'right' : null)), alignDelimiters: false },
  );

const plain = (text: Text): string => (typeof text === 'string' ? text : text.text);

/** Pipes would end a table's cell. */
const options: Options = { unsafe: [{ character: '|' }] };

/** Text on one line that cannot become markup, not even where HTML is taken before backslashes; bold where it is. */
const inline = (text: Text): string => {
  const words = { type: 'text' as const, value: printableText(plain(text)).replaceAll(/\s*[\r\n]+\s*/g, ' ') };
  const children = typeof text !== 'string' && text.bold ? [{ type: 'strong' as const, children: [words] }] : [words];
  return toMarkdown({ type: 'paragraph', children }, options).trimEnd().replaceAll('\\<', '&lt;');
};
