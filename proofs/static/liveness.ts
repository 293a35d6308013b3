import type { State, StateGraph } from '../../simulator/engine/definition/definition.ts';
import { nestedGraphs } from '../../simulator/engine/definition/state-graphs.ts';
import { transitionsOf } from '../../simulator/engine/definition/transitions.ts';
import type { Json, JsonObject } from '../../simulator/engine/expression/json.ts';
import { childContracts, functionContracts } from '../contracts/index.ts';
import { answerField, templatePath } from './assignments.ts';
import { childOf, functionOf } from './called.ts';
import {
  answerKey,
  type Context,
  calledKey,
  doneKey,
  dryDoneKey,
  dryRunKey,
  endingKey,
  fencePath,
  saidKey,
} from './context.ts';
import { askedBy, guardsOf, type MachineFacts } from './step.ts';
import { variablesRead } from './variables-read.ts';

/** What the ways ahead of a state still depend on: paths, answers, and names that must be assigned. */
export interface Live {
  readonly paths: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

interface MutableLive {
  readonly paths: Set<string>;
  readonly names: Set<string>;
}

const isUnder = (path: string, root: string): boolean => path === root || path.startsWith(`${root}.`);

/** The Assign of each transition, in the order of `transitionsOf`. */
const assignsByTransition = (state: State): readonly (JsonObject | undefined)[] => {
  if (state.Type === 'Choice') return [...state.Choices.map(({ Assign }) => Assign), state.Assign];
  const own = 'Assign' in state ? state.Assign : undefined;
  const next = 'Next' in state && state.Next !== undefined ? [own] : [];
  return [...next, ...('Catch' in state ? (state.Catch ?? []).map(({ Assign }) => Assign) : [])];
};

const notRead: ReadonlySet<string> = new Set(['Branches', 'ItemProcessor', 'Comment']);
const readBy = new WeakMap<State, readonly string[]>();

/** Variables that any field of a state reads; those of graphs inside it are their own states'. */
const readIn = (state: State): readonly string[] => {
  const known = readBy.get(state);
  if (known !== undefined) return known;
  const fields = Object.entries(state).filter(([field]) => !notRead.has(field));
  const names = [...new Set(fields.flatMap(([, value]) => variablesRead(value as Json)))];
  readBy.set(state, names);
  return names;
};

interface StateUse {
  readonly paths: readonly string[];
  readonly names: readonly string[];
  readonly edges: readonly { readonly next: string; readonly assign: JsonObject | undefined }[];
}

const useOf = (facts: MachineFacts, state: State): StateUse => {
  const names = readIn(state);
  const functionName = functionOf(state);
  const precedes = childContracts[childOf(state) ?? '']?.precedes;
  const read =
    state.Type === 'Choice' ? [...facts.relevant].filter((path) => names.includes(path.split('.')[0] ?? '')) : [];
  return {
    names,
    paths: [
      ...read,
      ...[...(guardsOf(state) ?? []).flat(), ...askedBy(state)].map((guard) => answerKey(guard.function, guard.field)),
      ...askedBy(state).map((guard) => saidKey(guard.function, guard.field)),
      ...(precedes === undefined ? [] : [calledKey(precedes.function)]),
      ...(functionName !== undefined && functionContracts[functionName]?.changes !== undefined ? [fencePath] : []),
      ...(functionName === undefined ? [] : [doneKey(functionName), dryDoneKey]),
      ...(functionName !== undefined && functionContracts[functionName]?.answers !== undefined ? [dryRunKey] : []),
      ...(state.Type === 'Succeed' || state.Type === 'Fail' ? [endingKey] : []),
    ],
    edges: transitionsOf(state).map(({ next }, index) => ({ next, assign: assignsByTransition(state)[index] })),
  };
};

/** Adds what is live before an edge to `live`; returns whether that is more than before. */
const flowBack = (live: MutableLive, after: Live, assign: JsonObject | undefined): boolean => {
  const before = live.paths.size + live.names.size;
  const names = Object.keys(assign ?? {});
  for (const name of after.names) if (!names.includes(name)) live.names.add(name);
  for (const path of after.paths) {
    const name = names.find((candidate) => isUnder(path, candidate));
    if (name === undefined) live.paths.add(path);
    else {
      const template = assign?.[name];
      const source = template === undefined || answerField(template) !== undefined ? undefined : templatePath(template);
      if (source !== undefined) live.paths.add(`${source}${path.slice(name.length)}`);
    }
  }
  return live.paths.size + live.names.size > before;
};

/** What is live at the entry of each state of a graph, nested graphs included. */
export const livenessOf = (
  facts: MachineFacts,
  graph: StateGraph,
  known = new Map<string, MutableLive>(),
): ReadonlyMap<string, Live> => {
  const uses = Object.entries(graph.States).map(([name, state]) => ({ name, use: useOf(facts, state), state }));
  for (const { name, use, state } of uses) {
    const inner = nestedGraphs(state, '').map((part) => ({
      live: livenessOf(facts, part.graph, known).get(part.graph.StartAt),
    }));
    known.set(name, {
      paths: new Set([...use.paths, ...inner.flatMap(({ live }) => [...(live?.paths ?? [])])]),
      names: new Set([...use.names, ...inner.flatMap(({ live }) => [...(live?.names ?? [])])]),
    });
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const { name, use } of uses.toReversed()) {
      const live = known.get(name);
      for (const { next, assign } of use.edges) {
        const after = known.get(next);
        if (live !== undefined && after !== undefined && flowBack(live, after, assign)) changed = true;
      }
    }
  }
  return known;
};

/** A context without what no way ahead depends on: places that differ in nothing else are one. */
export const onlyLive = (context: Context, live: Live | undefined): Context =>
  live === undefined
    ? context
    : {
        ...context,
        known: new Map([...context.known].filter(([path]) => live.paths.has(path))),
        assigned: new Set([...context.assigned].filter((name) => live.names.has(name))),
      };
