import type { StateGraph } from '../definition/definition.ts';
import { coverageGoalsOf } from '../definition/transitions.ts';

/** What the executions of one machine have visited so far, beside what there is to visit. */
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
  readonly #states = new Set<string>();
  readonly #edges = new Set<string>();
  readonly #retriers = new Set<string>();
  readonly #statesVisited = new Set<string>();
  readonly #edgesVisited = new Set<string>();
  readonly #retriersTaken = new Set<string>();

  /** Adds a definition's states, edges and retriers to what there is to visit. */
  addGoals(definition: StateGraph): void {
    const goals = coverageGoalsOf(definition);
    for (const state of goals.states) this.#states.add(state);
    for (const edge of goals.edges) this.#edges.add(edge);
    for (const retrier of goals.retriers) this.#retriers.add(retrier);
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
    return {
      states: [...this.#states],
      statesVisited: inOrder(this.#states, this.#statesVisited),
      edges: [...this.#edges],
      edgesVisited: inOrder(this.#edges, this.#edgesVisited),
      retriers: [...this.#retriers],
      retriersTaken: inOrder(this.#retriers, this.#retriersTaken),
    };
  }
}
