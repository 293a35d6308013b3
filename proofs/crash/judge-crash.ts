import { endOf, repeatedEffects, stateReasons } from '../baseline/compare.ts';
import { functionContracts } from '../contracts/index.ts';
import type { CaseResult, MatrixCase } from '../matrix/matrix.ts';

/** Whether the state's function may fail permanently without failing the run. */
const isOptional = (functionName: string | undefined): boolean =>
  functionName !== undefined && functionContracts[functionName]?.mayFail !== undefined;

/** What a function takes late, or cannot release, is free once its lease has ended. */
const leavesLease = (functionName: string | undefined): boolean => {
  const facts = functionName === undefined ? undefined : functionContracts[functionName];
  return facts?.releases !== undefined || facts?.takes !== undefined;
};

/** Why a case does not hold; nothing where it does. */
export const judgeCrash = (
  { strike, known }: MatrixCase,
  { answer: { played, struck, redriven }, functionName, without }: CaseResult,
): readonly string[] => {
  const expected = known.answer.played;
  if (!struck) return ['the disturbance never took place'];
  if (strike.kind === 'redrive') {
    const same = redriven?.status === 'FAILED' && redriven.error === played.first.error;
    return same
      ? []
      : [`a redrive ended as ${redriven?.status} ${redriven?.error ?? ''} instead of ${endOf(played.first)}`];
  }
  const reasons: string[] = [];
  const spent = strike.kind === 'kill' && strike.tries === 'spent';
  const optional = isOptional(functionName);
  if (strike.kind === 'kill' && !spent && endOf(played.first) !== endOf(expected.first)) {
    reasons.push(`ended as ${endOf(played.first)} instead of ${endOf(expected.first)}`);
  }
  if (spent && !optional && played.first.status === 'SUCCEEDED') {
    reasons.push(`succeeded although ${functionName} failed permanently`);
  }
  const [firstError] = played.caught;
  if (
    played.first.status === 'FAILED' &&
    firstError !== undefined &&
    !expected.caught.some(({ error }) => error === played.first.error)
  ) {
    const failing = played.caught.find(({ error }) => error === played.first.error);
    if (failing === undefined && endOf(played.first) !== endOf(expected.first)) {
      reasons.push(
        `failed with ${played.first.error}, which nothing had raised; the first error was ${firstError.error}`,
      );
    }
  }
  if (played.recovery !== undefined && played.recovery.status !== 'SUCCEEDED') {
    const same = expected.recovery !== undefined && endOf(expected.recovery) === endOf(played.recovery);
    if (!same) reasons.push(`the next run ended as ${endOf(played.recovery)}: ${played.recovery.cause ?? ''}`);
  }
  reasons.push(...stateReasons(expected.finalState, optional ? without : undefined, played.finalState));
  reasons.push(...repeatedEffects(expected.effects, played.effects));
  reasons.push(...played.endless.map((name) => `${name} never ends`));
  reasons.push(...played.answerProblems);
  reasons.push(...played.heldForGood);
  if (!leavesLease(functionName))
    reasons.push(...played.heldAtOnce.filter((held) => !played.heldForGood.includes(held)));
  return reasons;
};
