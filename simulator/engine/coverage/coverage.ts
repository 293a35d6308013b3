import type { StateGraph } from '../definition/definition.ts';
import { coverageGoalsOf } from '../definition/transitions.ts';

/** What the executions of one machine have visited so far, next to what there is to visit. */
export interface MachineCoverage {
  readonly states: readonly string[];
  readonly statesVisited: readonly string[];
  /** `StateA -[Choice 1]-> StateB`. */
  readonly edges: readonly string[];
  readonly edgesVisited: readonly string[];
  /** `StateA -[Retry 0: Lambda.Unknown]`. */
  readonly retriers: readonly string[];
  readonly retriersTaken: readonly string[];
}

const inOrder = (goals: ReadonlySet<string>, visited: ReadonlySet<string>): readonly string[] =>
  [...goals].filter((goal) => visited.has(goal));

/** Collects the coverage of all executions of one machine name, whatever the Region. */
export class CoverageRecorder {
  readonly #definitions = new Set<StateGraph>();
  readonly #statesVisited = new Set<string>();
  readonly #edgesVisited = new Set<string>();
  readonly #retriersTaken = new Set<string>();

  /** Adds a definition's states, edges and retriers to what there is to visit. */
  addGoals(definition: StateGraph): void {
    this.#definitions.add(definition);
  }

  visitState(name: string): void {
    this.#statesVisited.add(name);
  }

  visitEdge(name: string): void {
    this.#edgesVisited.add(name);
  }

  takeRetrier(name: string): void {
    this.#retriersTaken.add(name);
  }

  report(): MachineCoverage {
    // Most stages are never asked, so names are put together only here.
    const goals = [...this.#definitions].map(coverageGoalsOf);
    const states = new Set(goals.flatMap((goal) => goal.states));
    const edges = new Set(goals.flatMap((goal) => goal.edges));
    const retriers = new Set(goals.flatMap((goal) => goal.retriers));
    return {
      states: [...states],
      statesVisited: inOrder(states, this.#statesVisited),
      edges: [...edges],
      edgesVisited: inOrder(edges, this.#edgesVisited),
      retriers: [...retriers],
      retriersTaken: inOrder(retriers, this.#retriersTaken),
    };
  }
}
