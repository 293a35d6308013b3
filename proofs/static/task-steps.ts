import type { TaskState } from '../../simulator/engine/definition/definition.ts';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import type { JsonObject } from '../../simulator/engine/expression/json.ts';
import type { AnswerValue } from '../contracts/contract.ts';
import { childContracts, functionContracts } from '../contracts/index.ts';
import { afterAssign, withNames } from './assignments.ts';
import { childOf, functionOf } from './called.ts';
import { caughtStep } from './caught-step.ts';
import {
  answerKey,
  type Context,
  calledKey,
  doneKey,
  dryDoneKey,
  dryRunKey,
  endingKey,
  fencePath,
  saidKey,
} from './context.ts';
import { countsOf, type MachineFacts, noCounts, type ReportViolation, type StateStep } from './step.ts';
import {
  answersOf,
  countedBy,
  dryRunAnswer,
  endingsAfter,
  isDryRun,
  isPending,
  mayAnswer,
  meets,
  narrowed,
  outcomesOf,
  type TaskAnswer,
} from './task-answers.ts';
import { checkOrder, enterWrite } from './write-rules.ts';

/** The context once the answer is there: what it says, what the run has, and what it has no more. */
const afterAnswer = (
  { relevant, guarding }: MachineFacts,
  functionName: string | undefined,
  caller: string | undefined,
  answer: TaskAnswer,
  assign: JsonObject | undefined,
  context: Context,
): Context => {
  const facts = functionName === undefined ? undefined : functionContracts[functionName];
  const known = new Map(afterAssign(assign, context.known, answer, relevant));
  for (const guard of guarding) {
    const value = guard.function === caller ? answer.get(guard.field) : undefined;
    if (value === undefined) continue;
    known.set(answerKey(guard.function, guard.field), value);
    known.set(saidKey(guard.function, guard.field), value);
  }
  const isDry = answer.get('dryRun');
  if (isDry !== undefined) known.set(dryRunKey, isDry);
  const endings = facts === undefined ? undefined : endingsAfter(facts, answer);
  if (endings !== undefined) known.set(endingKey, narrowed(known.get(endingKey), endings));
  if (facts?.role === 'write' && answer.get('outcome') === dryRunAnswer) known.set(dryDoneKey, true);
  if (functionName !== undefined && facts?.pending !== undefined) {
    if (isPending(facts, answer)) known.delete(doneKey(functionName));
    else known.set(doneKey(functionName), true);
  }
  const held = new Set(context.held);
  const takes = facts?.takes;
  if (takes !== undefined && !takes.unlessAnswer?.some((unless) => meets(answer, unless))) held.add(takes.held);
  const child = caller === functionName ? undefined : childContracts[caller ?? ''];
  for (const given of [...(facts?.releases ?? []), ...(child?.releases ?? [])]) held.delete(given);
  for (const change of facts?.changes ?? []) {
    if (!meets(answer, change.answer)) continue;
    if (change.drops !== undefined) held.delete(change.drops);
    for (const added of change.adds ?? []) {
      if (added !== 'after-promotion: messages' || known.get(fencePath) !== null) held.add(added);
    }
  }
  return { ...context, known, held, assigned: withNames(context.assigned, assign) };
};

/** All ways out of a Task state. */
export const taskSteps = (
  facts: MachineFacts,
  children: ReadonlyMap<string, readonly AnswerValue[]>,
  state: TaskState,
  context: Context,
  report: ReportViolation,
): readonly StateStep[] => {
  const functionName = functionOf(state);
  const own = functionName === undefined ? undefined : functionContracts[functionName];
  const child = childOf(state);
  const needs = own?.needs ?? childContracts[child ?? '']?.needs;
  if (needs !== undefined && !context.held.has(needs)) {
    report('lock', `${functionName ?? child} is called while the run does not hold the ${needs}'s lock`);
  }
  if (context.known.has(dryDoneKey) && own?.releases === undefined && own?.role !== 'report') {
    report('ending', 'goes on although a write of this dry run has said what it would do');
  }
  if (functionName !== undefined && context.known.has(doneKey(functionName))) {
    report('poll-again', `polls ${functionName} again although its answer was final`);
  }
  checkOrder(own, childContracts[child ?? ''], context, report);
  const written = enterWrite(facts, state, context, report);
  const entered: Context =
    functionName === undefined
      ? written
      : { ...written, known: new Map(written.known).set(calledKey(functionName), true) };
  const notified: Context = own?.role === 'report' ? { ...entered, reported: true } : entered;
  const outcomes =
    child === undefined ? undefined : children.get(child)?.filter((outcome) => mayAnswer(state, outcome));
  const possible = outcomes === undefined ? (own ?? {}) : { answers: { outcome: outcomes } };
  const succeeded = answersOf(possible, isDryRun(state, context)).map((answer): StateStep => {
    const counted = countsOf(state.Assign, countedBy(state, own, answer));
    const waits = own !== undefined && functionName !== undefined && isPending(own, answer);
    return {
      ...(waits && { awaits: [functionName] }),
      ...(own?.followedBy !== undefined && { awaits: own.followedBy }),
      label: 'Next',
      next: state.Next,
      context: afterAnswer(facts, functionName, functionName ?? child, answer, state.Assign, notified),
      counts: { ...noCounts, ...counted },
    };
  });
  const catchers = state.Catch ?? [];
  if (catchers.at(-1)?.ErrorEquals.join() !== 'States.ALL') report('catch', 'has no Catch for every error');
  for (const refusal of own?.refusals ?? []) {
    if (!catchers.some(({ ErrorEquals }) => ErrorEquals.includes(refusal))) {
      report('catch', `${refusal} of ${functionName} is a refusal and is not caught as one`);
    }
  }
  const caught = catchers.flatMap((catcher, index) => caughtStep(facts, state, index, catcher, notified, report));
  return [...succeeded, ...caught];
};

/** Outcomes of every machine, for the states that start one. */
export const childOutcomes = (
  machines: readonly MachineFacts['machine'][],
): ReadonlyMap<string, readonly AnswerValue[]> =>
  new Map(machines.map(({ name, definition }) => [name, outcomesOf(allStates(definition).map(({ state }) => state))]));
