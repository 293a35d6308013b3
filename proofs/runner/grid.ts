import type { Grid, GridCell } from './proof-result.ts';

/** One case on its way into a grid. */
export interface GridEntry {
  readonly row: string;
  readonly column: string;
  /** How many cases it represents; one by default. */
  readonly cases?: number;
  /** Why it does not hold; absent where it does. */
  readonly reason?: string | undefined;
}

/** Arranges cases; a place without a case stays empty. Rows and columns come in the order in which they are met. */
export const gridOf = (title: string, entries: readonly GridEntry[], columns?: readonly string[]): Grid => {
  const rowLabels = [...new Set(entries.map(({ row }) => row))];
  const columnLabels = columns ?? [...new Set(entries.map(({ column }) => column))];
  const cells = new Map<string, GridCell>();
  for (const { row, column, reason, cases: more = 1 } of entries) {
    const key = `${row}\n${column}`;
    const { cases, failed, reason: first } = cells.get(key) ?? { cases: 0, failed: 0 };
    const shown = first ?? reason;
    cells.set(key, {
      cases: cases + more,
      failed: failed + (reason === undefined ? 0 : 1),
      ...(shown !== undefined && { reason: shown }),
    });
  }
  return {
    title,
    columns: columnLabels,
    rows: rowLabels.map((label) => ({
      label,
      cells: columnLabels.map((column) => cells.get(`${label}\n${column}`) ?? null),
    })),
  };
};
