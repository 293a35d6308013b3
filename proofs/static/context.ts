import type { AnswerValue, Obligation } from '../contracts/contract.ts';

/** What is known of a run at one place: everything that the rules and the branches ahead depend on. */
export interface Context {
  /** Values of variables by path, `assessment.verdict`, and of answers, `@assess-failover.verdict`. */
  readonly known: ReadonlyMap<string, AnswerValue>;
  readonly assigned: ReadonlySet<string>;
  readonly held: ReadonlySet<Obligation>;
  /** Whether the run has met the error that it must end with. */
  readonly failed: boolean;
  /** Whether operators have been notified of it since. */
  readonly reported: boolean;
}

export const startContext: Context = {
  known: new Map(),
  assigned: new Set(),
  held: new Set(),
  failed: false,
  reported: false,
};

/** Key of an answer's field among what is known. */
export const answerKey = (functionName: string, field: string): string => `@${functionName}.${field}`;

/** The same, also once a write has used it up as its guard. */
export const saidKey = (functionName: string, field: string): string => `@said ${functionName}.${field}`;

/** Whether the run is a dry one, among what is known; absent where no gate has said. */
export const dryRunKey = '@dryRun';

/** Note that a write of a dry run has said what it would do. */
export const dryDoneKey = '@dryDone';

/** Outcomes with which the run may end, joined by `/`, among what is known. */
export const endingKey = '@ending';

/** Key of the note that a function has given its last word. */
export const doneKey = (functionName: string): string => `@done ${functionName}`;

/** The fence of the run's lock: a run without one reconciles nothing. */
export const fencePath = 'run.fence';

/** Note that a function was called. */
export const calledKey = (functionName: string): string => `@called ${functionName}`;

/** Equal keys mean equal futures. */
export const contextKey = (state: string, { known, assigned, held, failed, reported }: Context): string => {
  const values = [...known].map(([path, value]) => `${path}=${String(value)}`).sort();
  return [state, values.join('&'), [...assigned].sort().join(), [...held].sort().join(), failed, reported].join('|');
};
