import type { TaskState } from '../../simulator/engine/definition/definition.ts';
import type { ChildContract, FunctionContract, GuardAnswer } from '../contracts/contract.ts';
import { functionContracts } from '../contracts/index.ts';
import { functionOf } from './called.ts';
import { answerKey, type Context, calledKey, doneKey, saidKey } from './context.ts';
import { guardsOf, type MachineFacts, type ReportViolation } from './step.ts';

/** Stands for an answer that was never given. */
const unsaid = '(nothing)';

/** A guard's answer that a write has used up. */
const spent = '(spent)';

const holds = (guards: readonly GuardAnswer[], known: Context['known']): boolean =>
  guards.every(({ function: functionName, field, go }) => {
    const value = known.get(answerKey(functionName, field));
    return value !== undefined && go.includes(value);
  });

/** Rules for the moment at which a state writes, or starts a run that does; then its guards are used up. */
export const enterWrite = (
  { passed }: MachineFacts,
  state: TaskState,
  context: Context,
  report: ReportViolation,
): Context => {
  const guards = guardsOf(state);
  if (guards === undefined) return context;
  const functionName = functionOf(state);
  const facts = functionName === undefined ? undefined : functionContracts[functionName];
  const again = facts?.pollsAgainAfter;
  const looksAgain =
    again !== undefined &&
    functionName !== undefined &&
    holds([{ function: functionName, field: again.field, go: again.values }], context.known);
  const passing = guards.filter((entries) => holds(entries, context.known));
  for (const entries of passing) passed.add(entries);
  if (passing.length === 0 && !looksAgain) {
    const wasSpent = guards.some((entries) =>
      entries.some((entry) => context.known.get(answerKey(entry.function, entry.field)) === spent),
    );
    if (wasSpent) report('once', 'is entered again for the decision that it has acted on');
    else report('guard', `is entered although no guard has let it pass: ${describeGuards(guards)}`);
  }
  const used = guards.flat().map(({ function: guard, field }) => answerKey(guard, field));
  // A write changes what there is to see: whoever had given a last word may be asked again.
  const own = functionName === undefined ? '' : doneKey(functionName);
  const kept = [...context.known].filter(([path]) => !path.startsWith(doneKey('')) || path === own);
  return { ...context, known: new Map(kept.map(([path, value]) => [path, used.includes(path) ? spent : value])) };
};

const describeGuards = (guards: readonly (readonly GuardAnswer[])[]): string =>
  guards.length === 0
    ? 'no guard is declared in proofs/contracts/index.ts'
    : guards
        .map((entries) =>
          entries.map((guard) => `${guard.function}.${guard.field} in ${guard.go.join('/')}`).join(' and '),
        )
        .join(', or ');

/** What must have been answered, and what must not have been called, before a state is entered. */
export const checkOrder = (
  own: FunctionContract | undefined,
  child: ChildContract | undefined,
  { known }: Context,
  report: ReportViolation,
): void => {
  const { after } = own ?? {};
  const hasSaid = ({ function: functionName, field, go }: GuardAnswer): boolean =>
    go.includes(known.get(saidKey(functionName, field)) ?? unsaid);
  if (after !== undefined && !hasSaid(after)) {
    report('guard', `is entered although ${after.function} has not answered ${after.go.join(' or ')}`);
  }
  const { precedes } = child ?? {};
  if (precedes !== undefined && known.has(calledKey(precedes.function)) && hasSaid(precedes.when)) {
    report('guard', `comes after ${precedes.function}, which has to wait for it`);
  }
};
