import type { State, TaskState } from '../../gameday/engine/definition/definition.ts';
import type { Catcher } from '../../gameday/engine/definition/schema.ts';
import { catchLabel } from '../../gameday/engine/definition/transitions.ts';
import { allStates } from '../../gameday/engine/definition/walk.ts';
import { isJsonObject, type JsonObject } from '../../gameday/engine/expression/json.ts';
import {
  type AnswerValue,
  type ChildFacts,
  childFacts,
  type FunctionFacts,
  functionFacts,
  type GuardAnswer,
} from '../../infra/workflow-facts.ts';
import { afterAssign, answerField, templatePath } from './assignments.ts';
import { awaitsChild, childOf, functionOf } from './called.ts';
import { answerKey, calledKey, type Context, doneKey, dryDoneKey, dryRunKey, endingKey, fencePath, saidKey } from './context.ts';
import { type Complain, countsOf, guardsOf, type MachineFacts, noCounts, type Step } from './step.ts';

/** Stands for an answer that was never given. */
const unsaid = '(nothing)';

/** A guard's answer that a write has used up. */
const spent = '(spent)';

/** The error of a run that a state awaited and that failed: its own run has told people. */
const childFailed = 'States.TaskFailed';

type Answer = ReadonlyMap<string, AnswerValue>;

const meets = (answer: Answer, { field, go }: GuardAnswer): boolean => {
  const value = answer.get(field);
  return value !== undefined && go.includes(value);
};

const dryRunAnswer = 'dry-run';

/** Whether the call is part of a dry run; undefined where nobody has said. */
const isDryRun = (state: TaskState, context: Context): boolean | undefined => {
  const payload = typeof state.Arguments === 'string' ? undefined : state.Arguments.Payload;
  const given = payload !== undefined && isJsonObject(payload) ? payload.dryRun : undefined;
  if (typeof given === 'boolean') return given;
  const known = context.known.get(dryRunKey);
  return typeof known === 'boolean' ? known : undefined;
};

/** Every combination of the answers that a function may give here. */
const answersOf = (facts: Pick<FunctionFacts, 'answers' | 'inDryRun'>, dryRun: boolean | undefined): readonly Answer[] =>
  Object.entries(facts.answers ?? {}).reduce<readonly Answer[]>(
    (combined, [field, all]) => {
      const possible = dryRun === true ? (facts.inDryRun?.[field] ?? all) : all;
      const values = possible.filter((value) => dryRun !== false || value !== dryRunAnswer);
      return combined.flatMap((answer) => values.map((value) => new Map(answer).set(field, value)));
    },
    [new Map()],
  );

/** Outcomes that an answer leaves for the run's end; undefined where it says nothing about it. */
const endingsAfter = (facts: FunctionFacts, answer: Answer): readonly string[] | undefined =>
  Object.entries(facts.endings ?? {}).reduce<readonly string[] | undefined>((left, [field, byValue]) => {
    const allowed = byValue[String(answer.get(field))];
    if (allowed === undefined) return left;
    return left === undefined ? allowed : left.filter((outcome) => allowed.includes(outcome));
  }, undefined);

/** Outcomes with which a machine of the deployment may succeed. */
const outcomesOf = (states: readonly State[]): readonly AnswerValue[] => [
  ...new Set(
    states.flatMap((state) => {
      const output = state.Type === 'Succeed' ? state.Output : undefined;
      const outcome = typeof output === 'object' && output !== null && 'outcome' in output ? output.outcome : undefined;
      return typeof outcome === 'string' ? [outcome] : [];
    }),
  ),
];

const holds = (guards: readonly GuardAnswer[], known: Context['known']): boolean =>
  guards.every(({ function: functionName, field, go }) => {
    const value = known.get(answerKey(functionName, field));
    return value !== undefined && go.includes(value);
  });

/** Rules for the moment at which a state writes, or starts a run that does; then its guards are used up. */
const enterWrite = (
  { passed }: MachineFacts,
  state: TaskState,
  context: Context,
  complain: Complain,
): Context => {
  const guards = guardsOf(state);
  if (guards === undefined) return context;
  const functionName = functionOf(state);
  const facts = functionName === undefined ? undefined : functionFacts[functionName];
  const again = facts?.looksAgainAfter;
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
    if (wasSpent) complain('once', 'is entered again for the decision that it has acted on');
    else complain('guard', `is entered although no guard has let it pass: ${describeGuards(guards)}`);
  }
  const used = guards.flat().map(({ function: guard, field }) => answerKey(guard, field));
  // A write changes what there is to see: whoever had given a last word may be asked again.
  const own = functionName === undefined ? '' : doneKey(functionName);
  const kept = [...context.known].filter(([path]) => !path.startsWith(doneKey('')) || path === own);
  return { ...context, known: new Map(kept.map(([path, value]) => [path, used.includes(path) ? spent : value])) };
};

const describeGuards = (guards: readonly (readonly GuardAnswer[])[]): string =>
  guards.length === 0
    ? 'no guard is declared in infra/workflow-facts.ts'
    : guards
        .map((entries) => entries.map((guard) => `${guard.function}.${guard.field} in ${guard.go.join('/')}`).join(' and '))
        .join(', or ');

/** What two answers leave of the endings; where they contradict each other the earlier one stands. */
const narrowed = (before: AnswerValue | undefined, endings: readonly string[]): string => {
  const earlier = typeof before === 'string' ? before.split('/') : endings;
  const common = earlier.filter((outcome) => endings.includes(outcome));
  return (common.length === 0 ? earlier : common).join('/');
};

/** Whether an answer says "not yet"; a refusal is a last word. */
const isPending = ({ pending }: FunctionFacts, answer: Answer): boolean =>
  pending !== undefined && answer.get('outcome') !== 'refused' && pending.values.includes(answer.get(pending.field) ?? null);

/** The context once the answer is there: what it says, what the run has, and what it has no more. */
const afterAnswer = (
  { relevant, guarding }: MachineFacts,
  functionName: string | undefined,
  caller: string | undefined,
  answer: Answer,
  assign: JsonObject | undefined,
  context: Context,
): Context => {
  const facts = functionName === undefined ? undefined : functionFacts[functionName];
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
  const child = caller === functionName ? undefined : childFacts[caller ?? ''];
  for (const given of [...(facts?.gives ?? []), ...(child?.gives ?? [])]) held.delete(given);
  for (const change of facts?.changes ?? []) {
    if (!meets(answer, change.answer)) continue;
    if (change.drops !== undefined) held.delete(change.drops);
    for (const added of change.adds ?? []) {
      if (added !== 'after-promotion: messages' || known.get(fencePath) !== null) held.add(added);
    }
  }
  return { ...context, known, held, assigned: withNames(context.assigned, assign) };
};

const withNames = (assigned: ReadonlySet<string>, assign: JsonObject | undefined): ReadonlySet<string> =>
  assign === undefined ? assigned : new Set([...assigned, ...Object.keys(assign)]);

/** Paths of variables that the function counts by itself on the way from its argument to its answer. */
const countedBy = (state: TaskState, facts: FunctionFacts | undefined, answer: Answer): readonly string[] => {
  const counts = facts?.counts;
  if (counts === undefined || (counts.unless !== undefined && meets(answer, counts.unless))) return [];
  const payload = typeof state.Arguments === 'string' ? undefined : state.Arguments.Payload;
  return Object.entries(state.Assign ?? {}).flatMap(([name, template]) => {
    const field = answerField(template);
    if (field === undefined || !counts.path.startsWith(`${field}.`)) return [];
    const path = `${name}${counts.path.slice(field.length)}`;
    const [first = '', ...rest] = counts.argument.split('.');
    const given = payload !== undefined && isJsonObject(payload) ? payload[first] : undefined;
    const argument = templatePath(given);
    return argument !== undefined && [argument, ...rest].join('.') === path ? [path] : [];
  });
};

/** What a Catch does; its rules are those of the first error. */
const caughtStep = (
  facts: MachineFacts,
  state: TaskState,
  index: number,
  catcher: Catcher,
  context: Context,
  complain: Complain,
): readonly Step[] => {
  const functionName = functionOf(state);
  const child = childOf(state);
  const own = functionName === undefined ? undefined : functionFacts[functionName];
  const mayFail = own?.mayFail ?? (child === undefined ? undefined : childFacts[child]?.mayFail);
  const label = catchLabel(index, catcher);
  const isRefusal = catcher.ErrorEquals.every((name) => own?.refusals?.includes(name));
  const held = new Set(context.held);
  const isFree = catcher.ErrorEquals.every((name) => own?.takes?.unlessError?.includes(name));
  if (own?.takes !== undefined && !isFree) held.add(own.takes.held);
  if (own?.mayFail !== undefined) for (const given of own.gives ?? []) held.delete(given);
  for (const given of childFacts[child ?? '']?.gives ?? []) held.delete(given);
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
  const step = (changed: Context): Step => ({ label, next: catcher.Next, context: changed, counts });
  const failure = catcher.Assign?.failure;
  const text = JSON.stringify(catcher.Assign ?? {});
  if (failure === undefined) {
    const names = text.includes('$states.errorOutput') || own?.failsSilently === true;
    if (!context.failed && !isRefusal && mayFail === undefined) {
      complain('catch', `${label} goes on without keeping the error in $failure`);
    } else if (!context.failed && !names) {
      complain('catch', `${label} goes on and names the error nowhere`);
    }
    return [step(after)];
  }
  if (context.failed) complain('first-error', `${label} writes over the first error of the run`);
  if (!JSON.stringify(failure).includes('$states.errorOutput')) {
    complain('first-error', `${label} keeps something else than the error that was caught`);
  }
  const failed: Context = { ...after, failed: true, reported: false };
  if (!awaitsChild(state)) return [step(failed)];
  // A child that failed has told people itself; one that could not be started has not.
  return [
    step({ ...failed, reported: true, known: new Map(failed.known).set('failure.Error', childFailed) }),
    step({ ...failed, known: new Map(failed.known).set('failure.Error', '(other)') }),
  ];
};

/** A child that is not asked for a dry run makes none. */
const mayAnswer = (state: TaskState, outcome: AnswerValue): boolean =>
  outcome !== 'DryRun' || JSON.stringify(state.Arguments).includes('"dryRun"');

/** What must have been answered, and what must not have been called, before a state is entered. */
const checkOrder = (
  own: FunctionFacts | undefined,
  child: ChildFacts | undefined,
  { known }: Context,
  complain: Complain,
): void => {
  const { after } = own ?? {};
  const hasSaid = ({ function: functionName, field, go }: GuardAnswer): boolean =>
    go.includes(known.get(saidKey(functionName, field)) ?? unsaid);
  if (after !== undefined && !hasSaid(after)) {
    complain('guard', `is entered although ${after.function} has not answered ${after.go.join(' or ')}`);
  }
  const { precedes } = child ?? {};
  if (precedes !== undefined && known.has(calledKey(precedes.function)) && hasSaid(precedes.when)) {
    complain('guard', `comes after ${precedes.function}, which has to wait for it`);
  }
};

/** All ways out of a Task state. */
export const taskSteps = (
  facts: MachineFacts,
  children: ReadonlyMap<string, readonly AnswerValue[]>,
  state: TaskState,
  context: Context,
  complain: Complain,
): readonly Step[] => {
  const functionName = functionOf(state);
  const own = functionName === undefined ? undefined : functionFacts[functionName];
  const child = childOf(state);
  const needs = own?.needs ?? childFacts[child ?? '']?.needs;
  if (needs !== undefined && !context.held.has(needs)) {
    complain('lock', `${functionName ?? child} is called while the run does not hold the ${needs}'s lock`);
  }
  if (context.known.has(dryDoneKey) && own?.gives === undefined && own?.role !== 'report') {
    complain('ending', 'goes on although a write of this dry run has said what it would do');
  }
  if (functionName !== undefined && context.known.has(doneKey(functionName))) {
    complain('patience', `asks ${functionName} again although it has given its last word`);
  }
  checkOrder(own, childFacts[child ?? ''], context, complain);
  const written = enterWrite(facts, state, context, complain);
  const entered: Context =
    functionName === undefined
      ? written
      : { ...written, known: new Map(written.known).set(calledKey(functionName), true) };
  const told: Context = own?.role === 'report' ? { ...entered, reported: true } : entered;
  const outcomes = child === undefined ? undefined : children.get(child)?.filter((outcome) => mayAnswer(state, outcome));
  const possible = outcomes === undefined ? (own ?? {}) : { answers: { outcome: outcomes } };
  const succeeded = answersOf(possible, isDryRun(state, context)).map((answer): Step => {
    const counted = countsOf(state.Assign, countedBy(state, own, answer));
    const waits = own !== undefined && functionName !== undefined && isPending(own, answer);
    return {
      ...(waits && { awaits: [functionName] }),
      ...(own?.followedBy !== undefined && { awaits: own.followedBy }),
      label: 'Next',
      next: state.Next,
      context: afterAnswer(facts, functionName, functionName ?? child, answer, state.Assign, told),
      counts: { ...noCounts, ...counted },
    };
  });
  const catchers = state.Catch ?? [];
  if (catchers.at(-1)?.ErrorEquals.join() !== 'States.ALL') complain('catch', 'has no Catch for every error');
  for (const refusal of own?.refusals ?? []) {
    if (!catchers.some(({ ErrorEquals }) => ErrorEquals.includes(refusal))) {
      complain('catch', `${refusal} of ${functionName} is a refusal and is not caught as one`);
    }
  }
  const caught = catchers.flatMap((catcher, index) => caughtStep(facts, state, index, catcher, told, complain));
  return [...succeeded, ...caught];
};

/** Outcomes of every machine, for the states that start one. */
export const childOutcomes = (
  machines: readonly MachineFacts['machine'][],
): ReadonlyMap<string, readonly AnswerValue[]> =>
  new Map(machines.map(({ name, definition }) => [name, outcomesOf(allStates(definition).map(({ state }) => state))]));
