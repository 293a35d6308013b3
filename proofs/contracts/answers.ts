import type { AnswerValue, FunctionContract, GuardAnswer } from './contract.ts';

/** A gate in front of a whole run: it says whether the run may go on, and whether it is a dry run. */
export const gate = (go: string): Pick<FunctionContract, 'role' | 'answers' | 'endings'> => ({
  role: 'read',
  answers: { verdict: [go, 'refused'], dryRun: [true, false] },
  endings: { verdict: { refused: ['Refused'] }, dryRun: { true: ['DryRun', 'Refused'] } },
});

/** What every write to a broker may answer, in addition to its own. */
export const written = (
  ...values: readonly string[]
): Pick<FunctionContract, 'role' | 'needs' | 'answers' | 'inDryRun' | 'endings'> => ({
  role: 'write',
  needs: 'pair',
  answers: { outcome: [...values, 'dry-run', 'refused'] },
  inDryRun: { outcome: ['dry-run', 'refused'] },
  endings: { outcome: { refused: ['Refused'], 'dry-run': ['DryRun'] } },
});

/** A guard's answer: one of `go` in its field. */
export const answered = (functionName: string, field: string, ...go: readonly AnswerValue[]): GuardAnswer => ({
  function: functionName,
  field,
  go,
});
