import type { State, StateGraph } from './definition.ts';

/** One state with its place in the document. */
export interface PlacedState {
  readonly name: string;
  readonly state: State;
  /** `States.A.Branches[0].States.B`. */
  readonly path: string;
}

/** Graphs nested in a state, with their paths. */
export const nestedGraphs = (state: State, path: string): readonly { graph: StateGraph; path: string }[] => {
  if (state.Type === 'Parallel') {
    return state.Branches.map((graph, index) => ({ graph, path: `${path}.Branches[${index}].` }));
  }
  return state.Type === 'Map' ? [{ graph: state.ItemProcessor, path: `${path}.ItemProcessor.` }] : [];
};

/** States of this graph alone. @param prefix path of the graph, with its trailing dot */
export const statesOfGraph = (graph: StateGraph, prefix: string): readonly PlacedState[] =>
  Object.entries(graph.States).map(([name, state]) => ({ name, state, path: `${prefix}States.${name}` }));

/** Every graph of a definition: itself and all nested ones, outermost first. */
export const allGraphs = (graph: StateGraph, prefix = ''): readonly { graph: StateGraph; path: string }[] => [
  { graph, path: prefix },
  ...statesOfGraph(graph, prefix).flatMap(({ state, path }) =>
    nestedGraphs(state, path).flatMap((nested) => allGraphs(nested.graph, nested.path)),
  ),
];

/** Every state of a definition, those of nested machines included. */
export const allStates = (graph: StateGraph): readonly PlacedState[] =>
  allGraphs(graph).flatMap((nested) => statesOfGraph(nested.graph, nested.path));
