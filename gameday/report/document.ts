import type { Markup } from '../../testbed/page/html.ts';

/** Whether a text is good or bad news. */
export type Tone = 'good' | 'warn' | 'bad';

/** A piece of text; with a tone, and in bold, where the reader should see it at a glance. */
export type Text = string | { readonly text: string; readonly tone: Tone; readonly bold?: true };

/** A number that leads the report. */
export interface KeyFigure {
  readonly name: string;
  readonly value: Text;
  readonly more: string;
}

/** One probe of the hypothesis. */
export interface ProbeVerdict {
  readonly name: string;
  readonly verdict: Text;
  readonly finding: string;
  /** The verdict before the method, where the probe did not hold then. */
  readonly before?: Text;
}

/** A table; the first cell of each row is its header. */
export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  /** False where the caption only repeats the heading above it. */
  readonly captionShown: boolean;
  readonly columns: readonly { readonly head: string; readonly kind: ColumnKind }[];
  readonly rows: readonly (readonly Text[])[];
  /** Rows that only the journal has. */
  readonly hidden: number;
}

/** Part of a section, without any markup: each format renders it in its own way. */
export type Block =
  | { readonly kind: 'paragraph' | 'command'; readonly text: string }
  | { readonly kind: 'probes'; readonly probes: readonly ProbeVerdict[] }
  | TableBlock;

/** A section of text and tables, or of charts, which only the HTML report can show. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: readonly Block[] | Markup;
}

/** Everything that a report says, whatever its format. */
export interface Report {
  readonly title: string;
  readonly pageTitle: string;
  /** What was run. */
  readonly kicker: string;
  readonly outcome: Exclude<Text, string>;
  readonly description: string;
  readonly figures: readonly KeyFigure[];
  readonly sections: readonly Section[];
  readonly footer: string;
}

/** How a column is set: numbers to the right; times, Regions and the like never broken. */
export type ColumnKind = 'text' | 'number' | 'short';

/** A column: its head, what it shows of a record, and how. */
export type ColumnOf<T> = readonly [head: string, cell: (record: T) => Text, kind?: ColumnKind];

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });

/**
 * A table with a row for each record.
 *
 * @param options.none says that there is no record; without it an empty table is left out
 * @param options.maxRows rows shown; all of them by default
 */
export const tableOf = <T>(
  caption: string,
  records: readonly T[],
  columns: readonly ColumnOf<T>[],
  options: { readonly none?: string; readonly captionShown?: boolean; readonly maxRows?: number } = {},
): readonly Block[] => {
  const { none, captionShown = false, maxRows = records.length } = options;
  if (records.length === 0) return none === undefined ? [] : [paragraph(none)];
  return [
    {
      kind: 'table',
      caption,
      captionShown,
      columns: columns.map(([head, , kind = 'text']) => ({ head, kind })),
      rows: records.slice(0, maxRows).map((record) => columns.map(([, cell]) => cell(record))),
      hidden: Math.max(0, records.length - maxRows),
    },
  ];
};
