import type { TaskState } from '../../simulator/engine/definition/definition.ts';
import type { Catcher } from '../../simulator/engine/definition/schema.ts';
import { catchLabel } from '../../simulator/engine/definition/transitions.ts';
import { childContracts, functionContracts } from '../contracts/index.ts';
import { afterAssign, withNames } from './assignments.ts';
import { awaitsChild, childOf, functionOf } from './called.ts';
import { type Context, doneKey } from './context.ts';
import { countsOf, type MachineFacts, noCounts, type ReportViolation, type StateStep } from './step.ts';

/** The error of a run that a state awaited and that failed: its own run has notified operators. */
const childFailed = 'States.TaskFailed';

/** What a Catch does; its rules are those of the first error. */
export const caughtStep = (
  facts: MachineFacts,
  state: TaskState,
  index: number,
  catcher: Catcher,
  context: Context,
  report: ReportViolation,
): readonly StateStep[] => {
  const functionName = functionOf(state);
  const child = childOf(state);
  const own = functionName === undefined ? undefined : functionContracts[functionName];
  const mayFail = own?.mayFail ?? (child === undefined ? undefined : childContracts[child]?.mayFail);
  const label = catchLabel(index, catcher);
  const isRefusal = catcher.ErrorEquals.every((name) => own?.refusals?.includes(name));
  const held = new Set(context.held);
  const isFree = catcher.ErrorEquals.every((name) => own?.takes?.unlessError?.includes(name));
  if (own?.takes !== undefined && !isFree) held.add(own.takes.held);
  if (own?.mayFail !== undefined) for (const given of own.releases ?? []) held.delete(given);
  for (const given of childContracts[child ?? '']?.releases ?? []) held.delete(given);
  const forgotten = functionName === undefined ? '' : `@${functionName}.`;
  const last = functionName === undefined ? '' : doneKey(functionName);
  const known = new Map(
    [...context.known].filter(([path]) => path !== last && (forgotten === '' || !path.startsWith(forgotten))),
  );
  const after: Context = {
    ...context,
    held,
    known: afterAssign(catcher.Assign, known, new Map(), facts.relevant),
    assigned: withNames(context.assigned, catcher.Assign),
  };
  const counts = { ...noCounts, ...countsOf(catcher.Assign) };
  const step = (changed: Context): StateStep => ({ label, next: catcher.Next, context: changed, counts });
  const failure = catcher.Assign?.failure;
  const text = JSON.stringify(catcher.Assign ?? {});
  if (failure === undefined) {
    const names = text.includes('$states.errorOutput') || own?.failsSilently === true;
    if (!context.failed && !isRefusal && mayFail === undefined) {
      report('catch', `${label} goes on without keeping the error in $failure`);
    } else if (!context.failed && !names) {
      report('catch', `${label} goes on and names the error nowhere`);
    }
    return [step(after)];
  }
  if (context.failed) report('first-error', `${label} writes over the first error of the run`);
  if (!JSON.stringify(failure).includes('$states.errorOutput')) {
    report('first-error', `${label} keeps something else than the error that was caught`);
  }
  const failed: Context = { ...after, failed: true, reported: false };
  if (!awaitsChild(state)) return [step(failed)];
  // A child that failed has notified operators itself; one that could not be started has not.
  return [
    step({ ...failed, reported: true, known: new Map(failed.known).set('failure.Error', childFailed) }),
    step({ ...failed, known: new Map(failed.known).set('failure.Error', '(other)') }),
  ];
};
