import type { StateGraph } from '../../simulator/engine/definition/definition.ts';
import { allStates, nestedGraphs } from '../../simulator/engine/definition/state-graphs.ts';
import type { AnswerValue } from '../contracts/contract.ts';
import { functionOf } from './called.ts';
import { type Context, contextKey, startContext } from './context.ts';
import { type Live, livenessOf, onlyLive } from './liveness.ts';
import type { ProvenMachine } from './load-machines.ts';
import { stepsOf } from './state-steps.ts';
import { type CountChange, guardsOf, type MachineFacts, machineFactsOf } from './step.ts';
import type { StaticRule, Violation } from './violation.ts';

/** A state under one context. */
export interface PlaceNode {
  readonly id: number;
  readonly state: string;
  readonly context: Context;
  /** How it was first reached. */
  readonly from: { readonly node: PlaceNode; readonly label: string } | undefined;
  readonly edges: PlaceEdge[];
  /** Where the run ends here: a Succeed, a Fail, or the end of a nested graph. */
  isEnd: boolean;
}

/** One step between two places. */
export interface PlaceEdge {
  readonly to: PlaceNode;
  readonly label: string;
  readonly counts: CountChange;
  /** Functions one of which has to be called on some way from here: what was asked for is not there yet. */
  readonly awaits?: readonly string[];
}

/** All places of one graph that a run can be at. */
export interface Exploration {
  readonly graph: StateGraph;
  readonly nodes: readonly PlaceNode[];
  /** Explorations of the graphs inside Map and Parallel states, by the state. */
  readonly nested: ReadonlyMap<string, Exploration>;
}

/** Places beyond this number mean that the definition's variables have too many values to distinguish. */
const mostPlaces = 200_000;

/** `State -[label]-> …`, from the start to a place. */
export const pathTo = (node: PlaceNode): readonly string[] => {
  const steps: string[] = [];
  let at = node;
  while (at.from !== undefined) {
    steps.push(`${at.from.node.state} -[${at.from.label}]->`);
    at = at.from.node;
  }
  return [...steps.reverse(), node.state];
};

interface Survey {
  readonly facts: MachineFacts;
  readonly live: ReadonlyMap<string, Live>;
  readonly children: ReadonlyMap<string, readonly AnswerValue[]>;
  readonly violations: Violation[];
  readonly seen: Set<string>;
  /** The exploration ends once so many violations are known. */
  readonly enough: number;
}

const exploreGraph = (survey: Survey, graph: StateGraph, start: Context, before: readonly string[]): Exploration => {
  const places = new Map<string, PlaceNode>();
  const nodes: PlaceNode[] = [];
  const nested = new Map<string, Exploration>();
  const visit = (state: string, reached: Context, from: PlaceNode['from']): PlaceNode => {
    const context = onlyLive(reached, survey.live.get(state));
    const key = contextKey(state, context);
    const known = places.get(key);
    if (known !== undefined) return known;
    if (nodes.length >= mostPlaces)
      throw new RangeError(`more than ${mostPlaces} places in ${survey.facts.machine.name}`);
    const node: PlaceNode = { id: nodes.length, state, context, from, edges: [], isEnd: false };
    places.set(key, node);
    nodes.push(node);
    return node;
  };
  const complainAt = (node: PlaceNode) => (rule: StaticRule, message: string) => {
    const machine = survey.facts.machine.name;
    const key = `${rule}|${node.state}|${message}`;
    if (survey.seen.has(key)) return;
    survey.seen.add(key);
    survey.violations.push({ rule, machine, state: node.state, message, path: [...before, ...pathTo(node)] });
  };
  visit(graph.StartAt, start, undefined);
  // Breadth first: the first path to a place is a shortest one.
  for (const node of nodes) {
    if (survey.violations.length >= survey.enough) break;
    const state = graph.States[node.state];
    if (state === undefined) {
      complainAt(node)('ends', 'is no state of this graph');
      continue;
    }
    for (const inner of nestedGraphs(state, '')) {
      if (nested.has(node.state)) continue;
      nested.set(node.state, exploreGraph(survey, inner.graph, node.context, pathTo(node)));
    }
    const steps = stepsOf(survey.facts, survey.children, state, node.context, complainAt(node));
    node.isEnd = steps.length === 0 || steps.some(({ next }) => next === undefined);
    for (const { next, context, ...edge } of steps) {
      if (next !== undefined) node.edges.push({ ...edge, to: visit(next, context, { node, label: edge.label }) });
    }
  }
  return { graph, nodes, nested };
};

/** Guards that let no way pass: what they ask has no effect any more. */
const unusedGuards = ({ machine, passed }: MachineFacts): readonly Violation[] => {
  const placed = allStates(machine.definition);
  const called = new Set(placed.map(({ state }) => functionOf(state)));
  return placed.flatMap(({ name, state }) =>
    (guardsOf(state) ?? [])
      .filter((entries) => entries.every((guard) => called.has(guard.function)) && !passed.has(entries))
      .map((entries): Violation => {
        const message = `no way enters it by ${entries.map((guard) => `${guard.function}.${guard.field}`).join(' and ')}`;
        return { rule: 'guard', machine: machine.name, state: name, message, path: [name] };
      }),
  );
};

/**
 * Follows every way through a definition under every answer that its functions may give, and applies the rules that
 * depend on the way: guards, locks, first errors, variables.
 *
 * @param children outcomes of the machines that it may start
 * @param enough the exploration ends once so many violations are known
 */
export const explore = (
  machine: ProvenMachine,
  children: ReadonlyMap<string, readonly AnswerValue[]>,
  enough = Number.POSITIVE_INFINITY,
): { readonly exploration: Exploration; readonly violations: readonly Violation[] } => {
  const facts = machineFactsOf(machine);
  const live = livenessOf(facts, machine.definition);
  const survey: Survey = { facts, live, children, violations: [], seen: new Set(), enough };
  const exploration = exploreGraph(survey, machine.definition, startContext, []);
  return { exploration, violations: [...survey.violations, ...unusedGuards(facts)] };
};
