import type { KnownBaseline } from '../baseline/known-baseline.ts';
import type { ProofName } from '../runner/proof-result.ts';
import type { ProvenMachine } from '../static/load-machines.ts';
import type { MatrixAnswer, Strike } from './matrix-job.ts';

/** A baseline that was played without any disturbance, with all that it showed. */
export type PlayedBaseline = KnownBaseline<MatrixAnswer>;

/** A disturbed baseline, and the undisturbed one that it is compared with. */
export interface MatrixCase {
  readonly known: PlayedBaseline;
  readonly strike: Strike;
  /** Row of the matrix. */
  readonly state: string;
  readonly column: string;
  readonly name: string;
}

/** How a case went, and what it is compared with. */
export interface CaseResult {
  readonly answer: MatrixAnswer;
  /** Function of the case's state. */
  readonly functionName: string | undefined;
  /** Final state of the baseline in which that function fails permanently; undefined where that was not played. */
  readonly without: readonly string[] | undefined;
}

/** A check of every case of one kind: which there are, and when one holds. */
export interface Matrix {
  readonly proof: ProofName;
  /** Columns of the page; by default those of the cases in their order. */
  readonly columns?: readonly string[];
  /** States of a machine that need a case. */
  readonly statesOf: (machine: ProvenMachine) => readonly string[];
  readonly casesOf: (machine: ProvenMachine, known: readonly PlayedBaseline[]) => readonly MatrixCase[];
  /** Whether the case is compared also with a baseline in which its function fails permanently, where it may. */
  readonly needsWithout: (strike: Strike) => boolean;
  /** Judges the cases of a machine: why a case does not hold; nothing where it does. */
  readonly judgeOf: (machine: ProvenMachine) => (matrixCase: MatrixCase, result: CaseResult) => readonly string[];
  /** Figures for the page. */
  readonly figuresOf: (cases: readonly MatrixCase[]) => Readonly<Record<string, number>>;
}
