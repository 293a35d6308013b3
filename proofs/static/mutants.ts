import type { Definition, State, StateGraph } from '../../simulator/engine/definition/definition.ts';
import { allGraphs, allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { childContracts, functionContracts } from '../contracts/index.ts';
import { awaitsChild, childOf, functionOf } from './called.ts';
import type { ProvenMachine } from './load-machines.ts';
import { guardsOf } from './step.ts';

/** A definition with one safeguard taken away. */
export interface Mutant {
  readonly machine: string;
  /** What was taken away, and where: `no Catch 0 at PromoteReplica`. */
  readonly name: string;
  readonly definition: Definition;
}

type OpenState = { Type: string; [field: string]: unknown };

type Change = (name: string, state: State) => State | undefined;

const inside = (state: State, change: Change): State => {
  if (state.Type === 'Map') return { ...state, ItemProcessor: mapStates(state.ItemProcessor, change) };
  if (state.Type !== 'Parallel') return state;
  return { ...state, Branches: state.Branches.map((branch) => mapStates(branch, change)) };
};

/** A graph with every state put through `change`, in this graph and in those inside its states; what is equal stays. */
const mapStates = <G extends StateGraph>(graph: G, change: Change): G => {
  const states: [string, State][] = [];
  for (const [name, state] of Object.entries(graph.States)) {
    const next = change(name, state);
    if (next !== undefined) states.push([name, inside(next, change)]);
  }
  return { ...graph, States: Object.fromEntries(states) };
};

/** A copy in which one state is changed. */
const changed = (definition: Definition, stateName: string, change: (state: OpenState) => void): Definition =>
  mapStates(definition, (name, state) => {
    if (name !== stateName) return state;
    const copy: OpenState = { ...state };
    change(copy);
    return copy as unknown as State;
  });

const redirected = <T>(value: T, from: string, to: string): T => {
  if (typeof value !== 'object' || value === null || !JSON.stringify(value).includes(`"${from}"`)) return value;
  if (Array.isArray(value)) return value.map((member) => redirected(member, from, to)) as T;
  const members = Object.entries(value).map(([key, member]) => [
    key,
    (key === 'Next' || key === 'Default' || key === 'StartAt') && member === from ? to : redirected(member, from, to),
  ]);
  return Object.fromEntries(members) as T;
};

/** Leads everything that led to a state to another one, and takes the state away. */
const bypass = (definition: Definition, stateName: string, next: string): Definition =>
  redirected(
    mapStates(definition, (name, state) => (name === stateName ? undefined : state)),
    stateName,
    next,
  );

const comparison = /\$[\w.]+(?: \+ \d+)? (<|<=|>|>=) \d+/g;

/** The condition without its count: it never ends the loop. */
const unbounded = (condition: string): string =>
  condition.replace(comparison, (_text, operator: string) => (operator.startsWith('<') ? 'true' : 'false'));

const increment = /^\{% \$(\w+) \+ \d+ %\}$/;

type Entry = readonly [what: string, definition: Definition];

const ofTask = (definition: Definition, name: string, state: State & { readonly Type: 'Task' }): readonly Entry[] => {
  const change = (mutate: (task: OpenState) => void): Definition => changed(definition, name, mutate);
  const catchers = state.Catch ?? [];
  return [
    ['no TimeoutSeconds', change((task) => delete task.TimeoutSeconds)],
    ['no Retry', change((task) => delete task.Retry)],
    [
      'a Retry for everything',
      change((task) => {
        task.Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }];
      }),
    ],
    [
      'a Retry without MaxAttempts',
      change((task) => {
        task.Retry = (state.Retry ?? []).map(({ MaxAttempts: _dropped, ...retrier }) => retrier);
      }),
    ],
    ['no Catch', change((task) => delete task.Catch)],
    ...catchers.map(
      (_catcher, index): Entry => [
        `no Catch ${index}`,
        change((task) => {
          task.Catch = catchers.filter((_each, other) => other !== index);
        }),
      ],
    ),
    ...catchers.flatMap(({ Assign: assign, ...catcher }, index): readonly Entry[] => {
      if (assign?.failure === undefined) return [];
      const { failure: _dropped, ...rest } = assign;
      return [
        [
          `Catch ${index} forgets the error`,
          change((task) => {
            task.Catch = catchers.map((each, other) => (other === index ? { ...catcher, Assign: rest } : each));
          }),
        ],
      ];
    }),
  ];
};

/** States whose work is a safeguard: guards, what is taken before a write, what is released, what notifies operators. */
const isSafeguard = (state: State, guarding: ReadonlySet<string>): boolean => {
  const functionName = functionOf(state);
  const facts = functionName === undefined ? undefined : functionContracts[functionName];
  if (functionName === undefined || facts === undefined) return false;
  return (
    guarding.has(functionName) || facts.takes !== undefined || facts.releases !== undefined || facts.role === 'report'
  );
};

/** A run that a state awaits and that it cannot do without. */
const isNeeded = (state: State): boolean =>
  awaitsChild(state) && childContracts[childOf(state) ?? '']?.mayFail === undefined;

const ofChoice = (
  definition: Definition,
  name: string,
  state: State & { readonly Type: 'Choice' },
): readonly Entry[] => [
  ...state.Choices.map(
    (_rule, index): Entry => [
      `no Choice ${index}`,
      changed(definition, name, (choice) => {
        choice.Choices = state.Choices.filter((_each, other) => other !== index);
      }),
    ],
  ),
  ...state.Choices.flatMap(({ Condition: condition }, index): readonly Entry[] => {
    if (typeof condition !== 'string' || unbounded(condition) === condition) return [];
    return [
      [
        `no bound in Choice ${index}`,
        changed(definition, name, (choice) => {
          choice.Choices = state.Choices.map((rule, other) =>
            other === index ? { ...rule, Condition: unbounded(condition) } : rule,
          );
        }),
      ],
    ];
  }),
];

/** Counts that are not raised any more; only those that a condition compares. */
const ofCounts = (definition: Definition, name: string, state: State, compared: string): readonly Entry[] => {
  const assign = 'Assign' in state ? (state.Assign ?? {}) : {};
  return Object.entries(assign).flatMap(([variable, template]): readonly Entry[] => {
    if (typeof template !== 'string' || !increment.test(template)) return [];
    if (!new RegExp(`\\$${variable} (<|<=|>|>=) `).test(compared)) return [];
    const rest = Object.fromEntries(Object.entries(assign).filter(([other]) => other !== variable));
    return [
      [
        `$${variable} is not raised`,
        changed(definition, name, (task) => {
          task.Assign = rest;
        }),
      ],
    ];
  });
};

const ofState = (definition: Definition, name: string, state: State, all: readonly State[]): readonly Entry[] => {
  const guarding = new Set(all.flatMap((each) => (guardsOf(each) ?? []).flat().map((guard) => guard.function)));
  const conditions = all.flatMap((each) =>
    each.Type === 'Choice' ? each.Choices.map(({ Condition }) => Condition) : [],
  );
  const entries: Entry[] = [...ofCounts(definition, name, state, conditions.join('\n'))];
  if (state.Type === 'Task') entries.push(...ofTask(definition, name, state));
  if (state.Type === 'Choice') entries.push(...ofChoice(definition, name, state));
  if (state.Type === 'Task' && state.Next !== undefined && (isSafeguard(state, guarding) || isNeeded(state))) {
    entries.push(['no such state', bypass(definition, name, state.Next)]);
  }
  if (state.Type === 'Fail' && state.Error?.startsWith('{%')) {
    entries.push([
      'another error than the first',
      changed(definition, name, (fail) => Object.assign(fail, { Error: 'Failed' })),
    ]);
  }
  return entries;
};

/** Every wait that leads into a write instead of a read. */
const shortcuts = (definition: Definition): readonly Entry[] => {
  const graphs = allGraphs(definition).map(({ graph }) => Object.entries(graph.States));
  return graphs.flatMap((states) => {
    const writes = states.filter(([, state]) => guardsOf(state) !== undefined || childOf(state) !== undefined);
    return states.flatMap(([name, state]) =>
      writes.flatMap(([write]): readonly Entry[] =>
        state.Type !== 'Wait' || state.Next === undefined || state.Next === write
          ? []
          : [
              [
                `${name} leads to ${write}`,
                changed(definition, name, (wait) => {
                  wait.Next = write;
                }),
              ],
            ],
      ),
    );
  });
};

/** Every definition that lacks one safeguard of this machine's. */
export const mutantsOf = ({ name: machine, definition }: ProvenMachine): readonly Mutant[] => {
  const placed = allStates(definition);
  const all = placed.map(({ state }) => state);
  const { TimeoutSeconds: _dropped, ...timeless } = definition;
  return [
    { machine, name: 'no TimeoutSeconds of the machine', definition: timeless },
    ...placed.flatMap(({ name, state }) =>
      ofState(definition, name, state, all).map(([what, mutated]) => ({
        machine,
        name: `${what} at ${name}`,
        definition: mutated,
      })),
    ),
    ...shortcuts(definition).map(([name, mutated]) => ({ machine, name, definition: mutated })),
  ];
};
