import type { State, StateGraph } from './definition.ts';
import type { Catcher, Retrier } from './schema.ts';
import { allStates } from './state-graphs.ts';

/** How a state can be left for another one. */
export interface Transition {
  /** `Next`, `Default`, `Choice 1`, `Catch 0: Gone, Lambda.Unknown`; indexes begin with 0. */
  readonly label: string;
  readonly next: string;
}

/** Name of a catcher: its index and its errors. */
export const catchLabel = (index: number, catcher: Catcher): string =>
  `Catch ${index}: ${catcher.ErrorEquals.join(', ')}`;

/** Name of an edge: `StateA -[Choice 1]-> StateB`. */
export const edgeName = (from: string, transition: Transition): string =>
  `${from} -[${transition.label}]-> ${transition.next}`;

/** Name of a retrier: `StateA -[Retry 0: Lambda.Unknown]`. */
export const retrierName = (from: string, index: number, retrier: Retrier): string =>
  `${from} -[Retry ${index}: ${retrier.ErrorEquals.join(', ')}]`;

/** All transitions out of a state, inside its own graph. */
export const transitionsOf = (state: State): readonly Transition[] => {
  if (state.Type === 'Succeed' || state.Type === 'Fail') return [];
  if (state.Type === 'Choice') {
    const choices = state.Choices.map((rule, index) => ({ label: `Choice ${index}`, next: rule.Next }));
    return state.Default === undefined ? choices : [...choices, { label: 'Default', next: state.Default }];
  }
  const next = state.Next === undefined ? [] : [{ label: 'Next', next: state.Next }];
  const catchers = 'Catch' in state ? (state.Catch ?? []) : [];
  return [...next, ...catchers.map((catcher, index) => ({ label: catchLabel(index, catcher), next: catcher.Next }))];
};

/** Everything that a test suite can visit in a definition. */
export interface CoverageGoals {
  readonly states: readonly string[];
  readonly edges: readonly string[];
  readonly retriers: readonly string[];
}

/** Names of all states, edges and retriers of a definition, nested machines included, in the document's order. */
export const coverageGoalsOf = (definition: StateGraph): CoverageGoals => {
  const states = allStates(definition);
  return {
    states: states.map(({ name }) => name),
    edges: states.flatMap(({ name, state }) => transitionsOf(state).map((transition) => edgeName(name, transition))),
    retriers: states.flatMap(({ name, state }) =>
      ('Retry' in state ? (state.Retry ?? []) : []).map((retrier, index) => retrierName(name, index, retrier)),
    ),
  };
};

/** Names of all edges of a definition; an edge is a Next, a Choice rule, a Default or a Catch. */
export const edgesOf = (definition: StateGraph): readonly string[] => coverageGoalsOf(definition).edges;
