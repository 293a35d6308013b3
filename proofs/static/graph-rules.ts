import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { functionOf } from './called.ts';
import { type Exploration, type PlaceNode, pathTo } from './explore.ts';
import type { ProvenMachine } from './load-machines.ts';
import { costliestPath } from './loops.ts';
import type { Violation } from './violation.ts';

const everyExploration = (exploration: Exploration): readonly Exploration[] => [
  exploration,
  ...[...exploration.nested.values()].flatMap(everyExploration),
];

/** Places from which one of the targets can be reached, the targets among them. */
const leadingTo = (nodes: readonly PlaceNode[], targets: readonly PlaceNode[]): ReadonlySet<PlaceNode> => {
  const before = new Map<PlaceNode, PlaceNode[]>();
  for (const node of nodes) for (const { to } of node.edges) before.set(to, [...(before.get(to) ?? []), node]);
  const leading = new Set(targets);
  for (const node of leading) for (const earlier of before.get(node) ?? []) leading.add(earlier);
  return leading;
};

/** Ways on which nothing asks again for what was not there yet. */
const impatient = (machine: string, { nodes, graph }: Exploration): readonly Violation[] => {
  const calls = (state: string): string | undefined => {
    const placed = graph.States[state];
    return placed === undefined ? undefined : functionOf(placed);
  };
  const leading = new Map<string, ReadonlySet<PlaceNode>>();
  const leadingToAny = (functions: readonly string[]): ReadonlySet<PlaceNode> => {
    const key = functions.join();
    const known = leading.get(key);
    if (known !== undefined) return known;
    const targets = nodes.filter(({ state }) => functions.includes(calls(state) ?? ''));
    const found = leadingTo(nodes, targets);
    leading.set(key, found);
    return found;
  };
  const [first] = nodes.flatMap((node) =>
    node.edges.flatMap(({ awaits, to }) =>
      awaits === undefined || leadingToAny(awaits).has(to) ? [] : [{ node, awaits }],
    ),
  );
  if (first === undefined) return [];
  const message = `what was asked for is not there yet, and no way from here calls ${first.awaits.join(' or ')}`;
  return [{ rule: 'poll-again', machine, state: first.node.state, message, path: pathTo(first.node) }];
};

/** Every state can be reached under some answers, every way can end, and every loop has a bound. */
export const graphViolations = (machine: ProvenMachine, exploration: Exploration): readonly Violation[] => {
  const violations: Violation[] = [];
  const { name } = machine;
  const explorations = everyExploration(exploration);
  const reached = new Set(explorations.flatMap(({ nodes }) => nodes.map(({ state }) => state)));
  for (const { name: state } of allStates(machine.definition)) {
    if (reached.has(state)) continue;
    violations.push({
      rule: 'reachable',
      machine: name,
      state,
      message: 'cannot be reached under any answers',
      path: [],
    });
  }
  for (const each of explorations) {
    const { nodes } = each;
    violations.push(...impatient(name, each));
    const ending = leadingTo(
      nodes,
      nodes.filter(({ isEnd }) => isEnd),
    );
    const stuck = nodes.find((node) => !ending.has(node));
    if (stuck !== undefined) {
      const message = 'no way from here reaches an end';
      violations.push({ rule: 'ends', machine: name, state: stuck.state, message, path: pathTo(stuck) });
    }
    costliestPath(
      { nodes, keeps: () => true },
      () => 1,
      (loop) => {
        const states = [...new Set(loop.map(({ state }) => state).reverse())];
        const entry = nodes.find((node) => loop.includes(node));
        const message = `can go round for ever: ${states.join(', ')}`;
        const path = entry === undefined ? [] : pathTo(entry);
        violations.push({ rule: 'bounded', machine: name, state: states[0] ?? '', message, path });
      },
    );
  }
  return violations;
};
