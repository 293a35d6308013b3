/** The checks, in the order in which they are run and shown. */
export const proofNames = ['static', 'crash', 'faults', 'schedules'] as const;
export type ProofName = (typeof proofNames)[number];

/** One case that did not hold. */
export interface ProofFailure {
  /** Enough to run it again: machine, state, what was done. */
  readonly name: string;
  readonly reasons: readonly string[];
  /** States and the ways between them, or a file that reproduces the case. */
  readonly path?: readonly string[];
}

/** One square of a matrix. */
export interface GridCell {
  readonly cases: number;
  readonly failed: number;
  /** The first reason, where something failed. */
  readonly reason?: string;
}

/** A matrix of cases: green, or the reason why not. */
export interface Grid {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly (GridCell | null)[] }[];
}

/** What a check has shown. */
export interface ProofResult {
  readonly proof: ProofName;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  /** Deliberately broken definitions, and how many of them were detected. */
  readonly mutants?: number;
  readonly mutantsKilled?: number;
  /** What one case is, for the rate: `definitions`, `executions`. */
  readonly unit: string;
  readonly perSecond: number;
  /** Wall clock, and processor time of all processes, in seconds. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly seed?: number;
  /** The command that shows the same again. */
  readonly command: string;
  readonly failures: readonly ProofFailure[];
  readonly grids: readonly Grid[];
  /** Figures for the report, by what they mean. */
  readonly figures: Readonly<Record<string, number | string>>;
}

/** The fields that `--json` prints. */
export const jsonSummaryOf = ({ grids: _grids, figures: _figures, failures, ...summary }: ProofResult) => ({
  ...summary,
  failures: failures.slice(0, 20),
});
