import { closest } from 'fastest-levenshtein';
import { expressionSource, isExpression } from '../expression/evaluator.ts';
import { JSONATA_FUNCTIONS, STEP_FUNCTIONS_FUNCTIONS } from '../expression/functions.ts';
import { type ExpressionFacts, ExpressionSyntaxError, inspectExpression } from '../expression/inspect-expression.ts';
import { isJsonObject, type Json } from '../expression/json.ts';
import type { StateGraph } from './definition.ts';
import { assignedNamesOf, expressionFieldsOf, type StatesMember } from './expression-fields.ts';
import type { DefinitionProblem } from './invalid-definition-error.ts';
import { nestedGraphs, statesOfGraph } from './walk.ts';

const FUNCTIONS: readonly string[] = [...new Set([...JSONATA_FUNCTIONS, ...STEP_FUNCTIONS_FUNCTIONS])];

/** Members of the context object; `true` where anything may follow. Task.Token needs a callback, which is not implemented. */
const CONTEXT: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  Execution: {
    Id: true,
    Input: true,
    Name: true,
    RoleArn: true,
    StartTime: true,
    RedriveCount: true,
    RedriveTime: true,
  },
  State: { Name: true, EnteredTime: true, RetryCount: true },
  StateMachine: { Id: true, Name: true },
  Map: { Item: true },
};

const statesPathProblem = (path: readonly string[], available: readonly StatesMember[]): string | undefined => {
  const [member, group, leaf] = path;
  if (member === undefined) return undefined;
  if (!available.includes(member as StatesMember)) {
    return `$states.${member} is not available here; available: ${available.map((name) => `$states.${name}`).join(', ')}`;
  }
  if (member !== 'context' || group === undefined) return undefined;
  if (group === 'Task') return '$states.context.Task needs .waitForTaskToken, which is not implemented by this engine';
  const members = CONTEXT[group];
  if (members === undefined) {
    return `unknown $states.context.${group}; did you mean "${closest(group, Object.keys(CONTEXT))}"?`;
  }
  if (leaf === undefined || Object.hasOwn(members, leaf)) return undefined;
  return `unknown $states.context.${group}.${leaf}; did you mean "${closest(leaf, Object.keys(members))}"?`;
};

const unknownNameProblem = (
  name: string,
  facts: ExpressionFacts,
  variables: ReadonlySet<string>,
): string | undefined => {
  if (name === 'states' || variables.has(name)) return undefined;
  if (name === 'eval') return '$eval is not offered by Step Functions';
  if (FUNCTIONS.includes(name)) return undefined;
  const known = [...FUNCTIONS, ...variables];
  const what = facts.calls.some((call) => call.name === name) ? 'function' : 'variable';
  const never = what === 'variable' ? '; no state assigns it' : '';
  return `unknown ${what} $${name}${never}; did you mean "$${closest(name, known)}"?`;
};

const expressionProblems = (
  source: string,
  available: readonly StatesMember[],
  variables: ReadonlySet<string>,
): readonly string[] => {
  let facts: ExpressionFacts;
  try {
    facts = inspectExpression(source);
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    return [`is not valid JSONata: ${error.message}`];
  }
  const problems = [
    ...[...facts.variables].map((name) => unknownNameProblem(name, facts, variables)),
    ...facts.statesPaths.map((path) => statesPathProblem(path, available)),
    ...[...facts.contextUses].map((use) => `"${use}" has no context at the top level; use $states.input or a variable`),
    ...facts.calls
      .filter((call) => call.name === 'toMillis' && call.argumentCount > 1)
      .map(() => "$toMillis with a picture is not implemented by this engine: it would read the host's clock"),
  ];
  return problems.filter((problem) => problem !== undefined);
};

const lintTemplate = (
  template: Json,
  path: string,
  available: readonly StatesMember[],
  variables: ReadonlySet<string>,
  problems: DefinitionProblem[],
): void => {
  if (typeof template === 'string') {
    if (isExpression(template)) {
      const source = expressionSource(template);
      const messages = source === '' ? ['is empty'] : expressionProblems(source, available, variables);
      for (const message of messages) problems.push({ path, message });
    } else if (template.includes('{%') || template.includes('%}')) {
      problems.push({ path, message: 'JSONata is evaluated only where {% %} wraps the whole string' });
    }
  } else if (Array.isArray(template)) {
    for (const [index, element] of template.entries()) {
      lintTemplate(element, `${path}[${index}]`, available, variables, problems);
    }
  } else if (isJsonObject(template)) {
    for (const [key, member] of Object.entries(template)) {
      if (key.endsWith('.$'))
        problems.push({ path: `${path}.${key}`, message: 'a key that ends in ".$" belongs to JSONPath' });
      lintTemplate(member, `${path}.${key}`, available, variables, problems);
    }
  }
};

const lintGraph = (
  graph: StateGraph,
  prefix: string,
  outer: ReadonlySet<string>,
  problems: DefinitionProblem[],
): void => {
  const states = statesOfGraph(graph, prefix);
  const own = new Set<string>();
  for (const { state, path } of states) {
    for (const name of assignedNamesOf(state)) {
      if (name === 'states') problems.push({ path: `${path}.Assign.states`, message: '"states" is a reserved name' });
      if (FUNCTIONS.includes(name)) {
        problems.push({ path: `${path}.Assign.${name}`, message: `"${name}" would hide the function $${name}` });
      }
      if (outer.has(name)) {
        problems.push({
          path: `${path}.Assign.${name}`,
          message: `"${name}" is already a variable of the outer scope`,
        });
      }
      own.add(name);
    }
  }
  const variables = new Set([...outer, ...own]);
  for (const { state, path } of states) {
    for (const { field, template, available } of expressionFieldsOf(state)) {
      lintTemplate(template, `${path}.${field}`, available, variables, problems);
    }
    for (const nested of nestedGraphs(state, path)) lintGraph(nested.graph, nested.path, variables, problems);
  }
};

/** JSONata that does not parse, unknown functions and variables, `$states` members that a field does not have. */
export const lintExpressions = (definition: StateGraph, problems: DefinitionProblem[]): void =>
  lintGraph(definition, '', new Set(), problems);
