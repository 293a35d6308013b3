import { closest } from 'fastest-levenshtein';

/**
 * Members of the context object that the engine fills in, below `$states.context`,
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html.
 */
export const contextMembers: readonly string[] = [
  'Execution.Id',
  'Execution.Input',
  'Execution.Name',
  'Execution.RoleArn',
  'Execution.StartTime',
  'Execution.RedriveCount',
  'Execution.RedriveTime',
  'State.Name',
  'State.EnteredTime',
  'State.RetryCount',
  'StateMachine.Id',
  'StateMachine.Name',
  'Map.Item.Index',
  'Map.Item.Value',
  'Map.Item.Source',
];

/** Members that exist in the service, with what keeps them out of the engine. */
export const contextMembersNotImplemented: Readonly<Record<string, string>> = {
  'Task.Token': 'it needs .waitForTaskToken',
  'Map.Item.Key': 'Items are arrays here',
};

const namesBelow = (prefix: string): readonly string[] => [
  ...new Set(
    contextMembers
      .filter((member) => member.startsWith(prefix))
      .map((member) => member.slice(prefix.length).split('.')[0] ?? ''),
  ),
];

/**
 * What is wrong with an access to the context object, or undefined.
 *
 * @param path names below `$states.context`: `['Execution', 'Id']`; names below a whole member are not judged
 * @param inItemSelector whether the field is a Map state's ItemSelector, the only one that sees its item
 */
export const contextPathProblem = (path: readonly string[], inItemSelector: boolean): string | undefined => {
  if (path[0] === 'Map' && !inItemSelector) return '$states.context.Map is available in ItemSelector only';
  const asked = `${path.join('.')}.`;
  const [missing, reason] =
    Object.entries(contextMembersNotImplemented).find(
      ([member]) =>
        asked.startsWith(`${member}.`) || (`${member}.`.startsWith(asked) && namesBelow(asked).length === 0),
    ) ?? [];
  if (missing !== undefined) return `$states.context.${missing} is not implemented by this engine: ${reason}`;
  let prefix = '';
  for (const name of path) {
    const known = namesBelow(prefix);
    if (known.length === 0) return undefined;
    if (!known.includes(name)) {
      return `unknown $states.context.${prefix}${name}; did you mean "${closest(name, [...known])}"?`;
    }
    prefix += `${name}.`;
  }
  return undefined;
};
