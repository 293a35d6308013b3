import type { ChoiceState, FailState, State } from '../../simulator/engine/definition/definition.ts';
import { expressionSource, isExpression } from '../../simulator/engine/expression/evaluator.ts';
import { isJsonObject, type Json, type JsonObject } from '../../simulator/engine/expression/json.ts';
import type { AnswerValue } from '../contracts/contract.ts';
import { notifiedOutcomes, ownErrors } from '../contracts/index.ts';
import { boundsOf, type CountBound, treeOf, truthOf } from './abstract-value.ts';
import { afterAssign, templatePath } from './assignments.ts';
import { type Context, endingKey } from './context.ts';
import { countsOf, type MachineFacts, noCounts, type ReportViolation, type StateStep } from './step.ts';
import { taskSteps } from './task-steps.ts';
import { variablesRead } from './variables-read.ts';

const uncaught = 'an error that nothing catches';

/** The variables that a step's own fields read must be there. */
const requireAssigned = (templates: readonly (Json | undefined)[], context: Context, report: ReportViolation): void => {
  for (const template of templates) {
    for (const name of variablesRead(template)) {
      if (!context.assigned.has(name)) report('assigned', `reads $${name}, which nothing has assigned on this way`);
    }
  }
};

const assignedBy = (
  { relevant }: MachineFacts,
  assign: JsonObject | undefined,
  context: Context,
  report: ReportViolation,
): Context => {
  if (assign === undefined) return context;
  const failure = assign.failure;
  const error = failure !== undefined && isJsonObject(failure) ? String(failure.Error) : undefined;
  if (failure !== undefined && context.failed) report('first-error', 'writes over the first error of the run');
  if (error !== undefined && !ownErrors.includes(error)) {
    report('error-names', `fails with "${error}", which is no name that proofs/contracts/index.ts lists`);
  }
  return {
    ...context,
    known: afterAssign(assign, context.known, new Map(), relevant),
    assigned: new Set([...context.assigned, ...Object.keys(assign)]),
    ...(failure !== undefined && { failed: true, reported: false }),
  };
};

const choiceSteps = (
  facts: MachineFacts,
  state: ChoiceState,
  context: Context,
  report: ReportViolation,
): readonly StateStep[] => {
  const steps: StateStep[] = [];
  let bounds: readonly CountBound[] = [];
  const take = (label: string, next: string, assign: JsonObject | undefined, output: Json | undefined): void => {
    requireAssigned([assign, output], context, report);
    const counts = { ...countsOf(assign), bounds };
    steps.push({ label, next, context: assignedBy(facts, assign, context, report), counts });
  };
  for (const [index, rule] of state.Choices.entries()) {
    const { Condition: condition } = rule;
    requireAssigned([typeof condition === 'string' ? condition : undefined], context, report);
    const tree =
      typeof condition === 'string' && isExpression(condition) ? treeOf(expressionSource(condition)) : undefined;
    const truth = tree === undefined ? condition === true : truthOf(tree, context.known);
    const before = bounds;
    if (truth !== false) {
      bounds = tree === undefined ? before : [...before, ...boundsOf(tree, true, context.known)];
      take(`Choice ${index}`, rule.Next, rule.Assign, rule.Output);
    }
    if (truth === true) return steps;
    bounds = tree === undefined ? before : [...before, ...boundsOf(tree, false, context.known)];
  }
  if (state.Default === undefined) report('catch', `has no Default: ${uncaught}`);
  else take('Default', state.Default, state.Assign, state.Output);
  return steps;
};

/** The outcome, or the error's name, that an end has; undefined where it is worked out. */
const endingOf = (state: State): string | undefined => {
  if (state.Type === 'Fail') return state.Error;
  const output = state.Type === 'Succeed' ? state.Output : undefined;
  const outcome = typeof output === 'object' && output !== null && 'outcome' in output ? output.outcome : undefined;
  return typeof outcome === 'string' && !isExpression(outcome) ? outcome : undefined;
};

const checkEnding = (state: State, { known, reported }: Context, report: ReportViolation): void => {
  const ending = endingOf(state);
  const allowed = known.get(endingKey);
  if (ending === undefined) return;
  if (typeof allowed === 'string' && !allowed.split('/').includes(ending)) {
    report('ending', `ends as ${ending}, although an answer on the way allows ${allowed} alone`);
  }
  if (notifiedOutcomes.includes(ending) && !reported) report('ending', `ends as ${ending} without notifying anybody`);
};

const endAt = (state: State, context: Context, report: ReportViolation): void => {
  if (!context.failed) checkEnding(state, context, report);
  for (const held of context.held) {
    if (state.Type === 'Fail' && held.startsWith('after-promotion')) continue;
    report('lock', `ends while the run still has something to release: ${held}`);
  }
  if (state.Type !== 'Fail') {
    if (context.failed) report('first-error', 'succeeds although the run has met an error that it must end with');
    return;
  }
  requireAssigned([state.Error, state.Cause], context, report);
  if (!context.reported) report('catch', 'fails without notifying anybody');
  failWith(state, context, report);
};

const failWith = ({ Error: error, Cause: cause }: FailState, context: Context, report: ReportViolation): void => {
  if (context.failed) {
    if (templatePath(error) !== 'failure.Error' || templatePath(cause) !== 'failure.Cause') {
      report('first-error', 'fails with something else than the first error and its cause');
    }
  } else if (error === undefined || !ownErrors.includes(error)) {
    report('error-names', `fails with "${error ?? ''}", which is no name that proofs/contracts/index.ts lists`);
  }
};

/** All ways out of a state under what is known; an end has one step without a next state. */
export const stepsOf = (
  facts: MachineFacts,
  children: ReadonlyMap<string, readonly AnswerValue[]>,
  state: State,
  context: Context,
  report: ReportViolation,
): readonly StateStep[] => {
  if (state.Type === 'Succeed' || state.Type === 'Fail') {
    if (state.Type === 'Succeed') requireAssigned([state.Output], context, report);
    endAt(state, context, report);
    return [];
  }
  if (state.Type === 'Choice') return choiceSteps(facts, state, context, report);
  if (state.Type === 'Wait') requireAssigned([state.Seconds as Json | undefined, state.Timestamp], context, report);
  if (state.Type === 'Task') {
    requireAssigned([state.Arguments, state.TimeoutSeconds], context, report);
    const fields = [
      state.Assign,
      state.Output,
      ...(state.Catch ?? []).flatMap(({ Assign, Output }) => [Assign, Output]),
    ];
    requireAssigned(fields, context, report);
    const steps = taskSteps(facts, children, state, context, report);
    return steps;
  }
  if (state.Type === 'Map') requireAssigned([state.Items, state.ItemSelector as Json | undefined], context, report);
  requireAssigned([state.Assign, state.Output], context, report);
  const counts = { ...noCounts, ...countsOf(state.Assign) };
  const next: StateStep = {
    label: 'Next',
    next: state.Next,
    context: assignedBy(facts, state.Assign, context, report),
    counts,
  };
  const catchers = state.Type === 'Map' || state.Type === 'Parallel' ? (state.Catch ?? []) : [];
  const caught = catchers.map((catcher, index): StateStep => {
    const after = assignedBy(facts, catcher.Assign, context, report);
    return {
      label: `Catch ${index}`,
      next: catcher.Next,
      context: after,
      counts: { ...noCounts, ...countsOf(catcher.Assign) },
    };
  });
  return [next, ...caught];
};
