import type { Json } from '../expression/json.ts';
import type { State } from './definition.ts';

/** Members of `$states` that a field may use. */
export type StatesMember = 'input' | 'context' | 'result' | 'errorOutput';

/** A field of a state in which `{% … %}` is evaluated. */
export interface ExpressionField {
  /** `Catch[0].Output`. */
  readonly field: string;
  readonly template: Json;
  readonly available: readonly StatesMember[];
}

const before: readonly StatesMember[] = ['input', 'context'];
const after: readonly StatesMember[] = ['input', 'context', 'result'];
const caught: readonly StatesMember[] = ['input', 'context', 'errorOutput'];

const beforeFields = [
  'Arguments',
  'TimeoutSeconds',
  'Seconds',
  'Timestamp',
  'Error',
  'Cause',
  'Items',
  'ItemSelector',
  'MaxConcurrency',
] as const;

/** Fields of a state that may hold JSONata, https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html. */
export const expressionFieldsOf = (state: State): readonly ExpressionField[] => {
  const fields: ExpressionField[] = [];
  const add = (field: string, template: Json | undefined, available: readonly StatesMember[]): void => {
    if (template !== undefined) fields.push({ field, template, available });
  };
  const members: Readonly<Record<string, unknown>> = state;
  for (const field of beforeFields) add(field, members[field] as Json | undefined, before);
  const hasResult = state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map';
  const available = hasResult ? after : before;
  if ('Assign' in state) add('Assign', state.Assign, available);
  if ('Output' in state) add('Output', state.Output, available);
  if (state.Type === 'Choice') {
    for (const [index, rule] of state.Choices.entries()) {
      add(`Choices[${index}].Condition`, rule.Condition, before);
      add(`Choices[${index}].Assign`, rule.Assign, before);
      add(`Choices[${index}].Output`, rule.Output, before);
    }
  }
  if ('Catch' in state) {
    for (const [index, catcher] of (state.Catch ?? []).entries()) {
      add(`Catch[${index}].Assign`, catcher.Assign, caught);
      add(`Catch[${index}].Output`, catcher.Output, caught);
    }
  }
  return fields;
};

/** Names of the variables that a state assigns, in any of its Assign fields. */
export const assignedNamesOf = (state: State): readonly string[] => {
  const assigns = [
    'Assign' in state ? state.Assign : undefined,
    ...(state.Type === 'Choice' ? state.Choices.map((rule) => rule.Assign) : []),
    ...('Catch' in state ? (state.Catch ?? []).map((catcher) => catcher.Assign) : []),
  ];
  return assigns.flatMap((assign) => Object.keys(assign ?? {}));
};
