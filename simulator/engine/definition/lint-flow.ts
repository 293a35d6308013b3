import { closest } from 'fastest-levenshtein';
import type { State, StateGraph } from './definition.ts';
import type { DefinitionProblem } from './invalid-definition-error.ts';
import { allGraphs, allStates, statesOfGraph } from './state-graphs.ts';
import { transitionsOf } from './transitions.ts';

const isTerminal = (state: State): boolean =>
  state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true);

const missingTarget = (target: string, graph: StateGraph): string =>
  `leads to "${target}", which is no state here; did you mean "${closest(target, Object.keys(graph.States))}"?`;

const reachableFrom = (graph: StateGraph): ReadonlySet<string> => {
  const seen = new Set<string>();
  const queue = [graph.StartAt];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const state = graph.States[name];
    if (seen.has(name) || state === undefined) continue;
    seen.add(name);
    queue.push(...transitionsOf(state).map((transition) => transition.next));
  }
  return seen;
};

const lintGraph = (graph: StateGraph, prefix: string, problems: DefinitionProblem[]): void => {
  if (Object.keys(graph.States).length === 0) {
    problems.push({ path: `${prefix}States`, message: 'has no state' });
    return;
  }
  if (!Object.hasOwn(graph.States, graph.StartAt)) {
    problems.push({ path: `${prefix}StartAt`, message: missingTarget(graph.StartAt, graph) });
  }
  const reachable = reachableFrom(graph);
  for (const { name, state, path } of statesOfGraph(graph, prefix)) {
    if ('Next' in state || 'End' in state || ['Task', 'Wait', 'Pass', 'Parallel', 'Map'].includes(state.Type)) {
      const next = 'Next' in state ? state.Next : undefined;
      const end = 'End' in state ? state.End : undefined;
      if ((next === undefined) === (end === undefined)) {
        problems.push({ path, message: 'needs exactly one of Next and End' });
      }
    }
    if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
      problems.push({ path, message: 'needs exactly one of Seconds and Timestamp' });
    }
    for (const transition of transitionsOf(state)) {
      if (!Object.hasOwn(graph.States, transition.next)) {
        problems.push({ path, message: `${transition.label} ${missingTarget(transition.next, graph)}` });
      }
    }
    if (!reachable.has(name)) problems.push({ path, message: 'cannot be reached from StartAt' });
  }
  if (!Object.values(graph.States).some(isTerminal)) {
    problems.push({ path: `${prefix}States`, message: 'has no end: no Succeed, no Fail, no state with "End": true' });
  }
};

/** Targets that do not exist, states that cannot be reached, machines without an end, names used twice. */
export const lintFlow = (definition: StateGraph, problems: DefinitionProblem[]): void => {
  for (const { graph, path } of allGraphs(definition)) lintGraph(graph, path, problems);
  const firstPaths = new Map<string, string>();
  for (const { name, path } of allStates(definition)) {
    const first = firstPaths.get(name);
    if (first === undefined) firstPaths.set(name, path);
    else problems.push({ path, message: `the name "${name}" is already used at ${first}` });
  }
};
