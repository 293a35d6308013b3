import type { StateGraph } from './definition.ts';
import type { DefinitionProblem } from './invalid-definition-error.ts';
import type { TaskResource } from './schema.ts';
import { allStates } from './state-graphs.ts';
import { unknownFieldMessage } from './unknown-fields.ts';

/** Members of `Arguments` that the engine carries out; the first one is required. */
const taskArguments: Readonly<Record<TaskResource, readonly [string, ...string[]]>> = {
  'arn:aws:states:::lambda:invoke': ['FunctionName', 'Payload'],
  'arn:aws:states:::states:startExecution': ['StateMachineArn', 'Input', 'Name'],
  'arn:aws:states:::states:startExecution.sync:2': ['StateMachineArn', 'Input', 'Name'],
};

/** Problems of an `Arguments` object: members the engine does not know, and the required one that is missing. */
export const taskArgumentProblems = (
  resource: TaskResource,
  members: readonly string[],
): readonly { readonly member: string; readonly message: string }[] => {
  const known = taskArguments[resource];
  const [required] = known;
  const unknown = members
    .filter((member) => !known.includes(member))
    .map((member) => ({ member, message: unknownFieldMessage(member, known) }));
  return members.includes(required) ? unknown : [...unknown, { member: required, message: 'is missing' }];
};

/** Members of `Arguments` that a resource does not take, where `Arguments` is written out. */
export const lintTaskArguments = (definition: StateGraph, problems: DefinitionProblem[]): void => {
  for (const { state, path } of allStates(definition)) {
    if (state.Type !== 'Task' || typeof state.Arguments === 'string') continue;
    for (const { member, message } of taskArgumentProblems(state.Resource, Object.keys(state.Arguments))) {
      problems.push({ path: `${path}.Arguments.${member}`, message });
    }
  }
};
