import type { State, TaskState } from '../../simulator/engine/definition/definition.ts';
import { isJsonObject } from '../../simulator/engine/expression/json.ts';
import type { AnswerValue, FunctionContract, GuardAnswer } from '../contracts/contract.ts';
import { answerField, templatePath } from './assignments.ts';
import { type Context, dryRunKey } from './context.ts';

/** What a task answers, by path. */
export type TaskAnswer = ReadonlyMap<string, AnswerValue>;

/** Whether an answer is one of those that a guard lets pass. */
export const meets = (answer: TaskAnswer, { field, go }: Pick<GuardAnswer, 'field' | 'go'>): boolean => {
  const value = answer.get(field);
  return value !== undefined && go.includes(value);
};

/** What a write answers in a dry run. */
export const dryRunAnswer = 'dry-run';

/** Whether the call is part of a dry run; undefined where nobody has said. */
export const isDryRun = (state: TaskState, context: Context): boolean | undefined => {
  const payload = typeof state.Arguments === 'string' ? undefined : state.Arguments.Payload;
  const given = payload !== undefined && isJsonObject(payload) ? payload.dryRun : undefined;
  if (typeof given === 'boolean') return given;
  const known = context.known.get(dryRunKey);
  return typeof known === 'boolean' ? known : undefined;
};

/** Whether the parts of an answer go together. */
export const goesTogether = ({ together = [] }: Pick<FunctionContract, 'together'>, answer: TaskAnswer): boolean =>
  together.every(
    ({ when, leaves }) =>
      !meets(answer, when) ||
      Object.entries(leaves).every(([field, values]) => values.includes(answer.get(field) ?? null)),
  );

/** Every combination of the answers that a function may give here. */
export const answersOf = (
  facts: Pick<FunctionContract, 'answers' | 'inDryRun' | 'together'>,
  dryRun: boolean | undefined,
): readonly TaskAnswer[] =>
  Object.entries(facts.answers ?? {})
    .reduce<readonly TaskAnswer[]>(
      (combined, [field, all]) => {
        const possible = dryRun === true ? (facts.inDryRun?.[field] ?? all) : all;
        const values = possible.filter((value) => dryRun !== false || value !== dryRunAnswer);
        return combined.flatMap((answer) => values.map((value) => new Map(answer).set(field, value)));
      },
      [new Map()],
    )
    .filter((answer) => goesTogether(facts, answer));

/** Outcomes that an answer leaves for the run's end; undefined where it says nothing about it. */
export const endingsAfter = (facts: FunctionContract, answer: TaskAnswer): readonly string[] | undefined =>
  Object.entries(facts.endings ?? {}).reduce<readonly string[] | undefined>((left, [field, byValue]) => {
    const allowed = byValue[String(answer.get(field))];
    if (allowed === undefined) return left;
    return left === undefined ? allowed : left.filter((outcome) => allowed.includes(outcome));
  }, undefined);

/** Outcomes with which a machine of the deployment may succeed. */
export const outcomesOf = (states: readonly State[]): readonly AnswerValue[] => [
  ...new Set(
    states.flatMap((state) => {
      const output = state.Type === 'Succeed' ? state.Output : undefined;
      const outcome = typeof output === 'object' && output !== null && 'outcome' in output ? output.outcome : undefined;
      return typeof outcome === 'string' ? [outcome] : [];
    }),
  ),
];

/** What two answers leave of the endings; where they contradict each other the earlier one stands. */
export const narrowed = (before: AnswerValue | undefined, endings: readonly string[]): string => {
  const earlier = typeof before === 'string' ? before.split('/') : endings;
  const common = earlier.filter((outcome) => endings.includes(outcome));
  return (common.length === 0 ? earlier : common).join('/');
};

/** Whether an answer says "not yet"; a refusal is a last word. */
export const isPending = ({ pending }: FunctionContract, answer: TaskAnswer): boolean =>
  pending !== undefined &&
  answer.get('outcome') !== 'refused' &&
  pending.values.includes(answer.get(pending.field) ?? null);

/** A child that is not asked for a dry run makes none. */
export const mayAnswer = (state: TaskState, outcome: AnswerValue): boolean =>
  outcome !== 'DryRun' || JSON.stringify(state.Arguments).includes('"dryRun"');

/** Paths of variables that the function counts by itself on the way from its argument to its answer. */
export const countedBy = (
  state: TaskState,
  facts: FunctionContract | undefined,
  answer: TaskAnswer,
): readonly string[] => {
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
