import type { State } from '../../simulator/engine/definition/definition.ts';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { expressionSource, isExpression } from '../../simulator/engine/expression/evaluator.ts';
import type { Json } from '../../simulator/engine/expression/json.ts';
import { maxHistoryEvents } from '../../simulator/engine/limits.ts';
import { functionContracts, maxItems } from '../contracts/index.ts';
import { treeOf } from './abstract-value.ts';
import { answerField, templatePath } from './assignments.ts';
import { awaitsChild, functionOf } from './called.ts';
import type { Exploration } from './explore.ts';
import type { ProvenMachine } from './load-machines.ts';
import { costliestPath } from './loops.ts';
import { assignsOf } from './relevance.ts';
import type { Violation } from './violation.ts';

/**
 * Events of one visit, as GetExecutionHistory lists them
 * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html): entered and exited, for a Task
 * also scheduled, started and succeeded, and three for each further try.
 */
const eventsOfState = 2;
const eventsOfTask = 5;
const eventsOfRetry = 3;
const eventsOfChild = 1;
/** Map: started and succeeded; each item: started and succeeded. */
const eventsOfMap = 2;
const eventsOfItem = 2;
/** The execution's own start and end. */
const eventsOfRun = 2;

/** Defaults of a retrier, https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html. */
const retryDefaults = { IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2, MaxDelaySeconds: Number.POSITIVE_INFINITY };

/** Seconds of back-off before each further try of a state. */
const backOffs = (state: State): readonly number[] =>
  ('Retry' in state ? (state.Retry ?? []) : []).flatMap((retrier) => {
    const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds } = { ...retryDefaults, ...retrier };
    return Array.from({ length: MaxAttempts ?? retryDefaults.MaxAttempts }, (_, index) =>
      Math.min(MaxDelaySeconds ?? Number.POSITIVE_INFINITY, (IntervalSeconds ?? 1) * (BackoffRate ?? 2) ** index),
    );
  });

const literalNumber = (template: Json | undefined): number | undefined => {
  if (typeof template === 'number') return template;
  if (typeof template !== 'string' || !isExpression(template)) return undefined;
  const { type, value } = treeOf(expressionSource(template));
  return type === 'number' && typeof value === 'number' ? value : undefined;
};

/** The least that a variable can be, of all that is ever assigned to it; 0 where that is not known. */
const leastOf = (name: string, states: readonly State[]): number => {
  const values = states.flatMap((state) =>
    assignsOf(state).flatMap((assign) => {
      const template = assign[name];
      if (template === undefined) return [];
      const functionName = functionOf(state);
      const facts = functionName === undefined ? undefined : functionContracts[functionName];
      const field = answerField(template);
      return [literalNumber(template) ?? (field === undefined ? undefined : facts?.atLeast?.[field]) ?? 0];
    }),
  );
  return values.length === 0 ? 0 : Math.min(...values);
};

const leastSeconds = (state: State, states: readonly State[]): number => {
  if (state.Type !== 'Wait') return 0;
  const seconds = literalNumber(state.Seconds);
  const name = templatePath(state.Seconds);
  return seconds ?? (name === undefined ? 0 : leastOf(name, states));
};

/** Events of one visit of each state, less `price` for each second that it takes at least. */
const costs = (machine: ProvenMachine, exploration: Exploration, price: number): ReadonlyMap<string, number> => {
  const placed = allStates(machine.definition);
  const states = placed.map(({ state }) => state);
  const own = new Map(
    placed.map(({ name, state }) => {
      const retries = backOffs(state).reduce((sum, seconds) => sum + Math.max(0, eventsOfRetry - price * seconds), 0);
      const task = state.Type === 'Task' ? eventsOfTask + (awaitsChild(state) ? eventsOfChild : 0) : eventsOfState;
      return [name, task + retries - price * leastSeconds(state, states)] as const;
    }),
  );
  addNested(exploration, own);
  return own;
};

/** Adds to Map states what their items cost. */
const addNested = (exploration: Exploration, own: Map<string, number>): void => {
  for (const [name, inner] of exploration.nested) {
    addNested(inner, own);
    const item = eventsOfItem + walkCost(inner, own);
    own.set(
      name,
      (own.get(name) ?? 0) + eventsOfMap + (maxItems[name] ?? Number.POSITIVE_INFINITY) * Math.max(0, item),
    );
  }
};

const walkCost = ({ nodes }: Exploration, own: ReadonlyMap<string, number>): number =>
  costliestPath(
    { nodes, keeps: () => true },
    ({ state }) => own.get(state) ?? eventsOfState,
    () => {},
  );

/** Prices of a second that are tried; each gives a bound, and the smallest counts. */
const prices: readonly number[] = [0, ...Array.from({ length: 40 }, (_, index) => 0.01 * 1.25 ** index)];

/**
 * An upper bound of the events in one execution's history: every loop run to its bound and every Task tried as often as
 * it may be, as far as the machine's own time limit leaves room for it. Each second is given a price; what a path may
 * earn above the price of its seconds, and the price of all seconds there are, bound the events (weak duality).
 */
export const historyBound = (machine: ProvenMachine, exploration: Exploration): number => {
  const { TimeoutSeconds: limit } = machine.definition;
  const bounds = prices
    .filter((price) => price === 0 || limit !== undefined)
    .map((price) => price * (limit ?? 0) + walkCost(exploration, costs(machine, exploration, price)));
  return Math.ceil(eventsOfRun + Math.min(...bounds));
};

/** Whether the history can run full. */
export const historyViolations = (machine: ProvenMachine, exploration: Exploration): readonly Violation[] => {
  const bound = historyBound(machine, exploration);
  if (bound < maxHistoryEvents) return [];
  const message = `may reach ${bound} history events; an execution ends at ${maxHistoryEvents}`;
  return [{ rule: 'history', machine: machine.name, message, path: [] }];
};
