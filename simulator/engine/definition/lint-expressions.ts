import { closest } from 'fastest-levenshtein';
import { expressionSource, isExpression } from '../expression/evaluator.ts';
import { jsonataFunctions, stepFunctionsFunctions } from '../expression/functions.ts';
import { type ExpressionFacts, ExpressionSyntaxError, inspectExpression } from '../expression/inspect-expression.ts';
import { isJsonObject, type Json } from '../expression/json.ts';
import { contextPathProblem } from './context-members.ts';
import type { StateGraph } from './definition.ts';
import { assignedNamesOf, type ExpressionField, expressionFieldsOf, type StatesMember } from './expression-fields.ts';
import type { DefinitionProblem } from './invalid-definition-error.ts';
import { nestedGraphs, statesOfGraph } from './state-graphs.ts';

const functions: readonly string[] = [...new Set([...jsonataFunctions, ...stepFunctionsFunctions])];

const statesPathProblem = (path: readonly string[], { field, available }: ExpressionField): string | undefined => {
  const [member, ...rest] = path;
  if (member === undefined) return undefined;
  if (!available.includes(member as StatesMember)) {
    return `$states.${member} is not available here; available: ${available.map((name) => `$states.${name}`).join(', ')}`;
  }
  return member === 'context' ? contextPathProblem(rest, field === 'ItemSelector') : undefined;
};

const unknownNameProblem = (
  name: string,
  facts: ExpressionFacts,
  variables: ReadonlySet<string>,
): string | undefined => {
  if (name === 'states' || variables.has(name)) return undefined;
  if (name === 'eval') return '$eval is not offered by Step Functions';
  if (functions.includes(name)) return undefined;
  const known = [...functions, ...variables];
  const what = facts.calls.some((call) => call.name === name) ? 'function' : 'variable';
  const never = what === 'variable' ? '; no state assigns it' : '';
  return `unknown ${what} $${name}${never}; did you mean "$${closest(name, known)}"?`;
};

const expressionProblems = (
  source: string,
  place: ExpressionField,
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
    ...facts.statesPaths.map((path) => statesPathProblem(path, place)),
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
  place: ExpressionField,
  variables: ReadonlySet<string>,
  problems: DefinitionProblem[],
): void => {
  if (typeof template === 'string') {
    if (isExpression(template)) {
      const source = expressionSource(template);
      const messages = source === '' ? ['is empty'] : expressionProblems(source, place, variables);
      for (const message of messages) problems.push({ path, message });
    } else if (template.includes('{%') || template.includes('%}')) {
      problems.push({ path, message: 'JSONata is evaluated only where {% %} wraps the whole string' });
    }
  } else if (Array.isArray(template)) {
    for (const [index, element] of template.entries()) {
      lintTemplate(element, `${path}[${index}]`, place, variables, problems);
    }
  } else if (isJsonObject(template)) {
    for (const [key, member] of Object.entries(template)) {
      if (key.endsWith('.$'))
        problems.push({ path: `${path}.${key}`, message: 'a key that ends in ".$" belongs to JSONPath' });
      lintTemplate(member, `${path}.${key}`, place, variables, problems);
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
      if (functions.includes(name)) {
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
    for (const place of expressionFieldsOf(state)) {
      lintTemplate(place.template, `${path}.${place.field}`, place, variables, problems);
    }
    for (const nested of nestedGraphs(state, path)) lintGraph(nested.graph, nested.path, variables, problems);
  }
};

/** JSONata that does not parse, unknown functions and variables, `$states` members that a field does not have. */
export const lintExpressions = (definition: StateGraph, problems: DefinitionProblem[]): void =>
  lintGraph(definition, '', new Set(), problems);
