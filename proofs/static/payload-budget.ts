import type { State } from '../../simulator/engine/definition/definition.ts';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { catchLabel } from '../../simulator/engine/definition/transitions.ts';
import type { Json, JsonObject } from '../../simulator/engine/expression/json.ts';
import { maxPayloadBytes } from '../../simulator/engine/limits.ts';
import { functionContracts, maxAnswerBytes, maxItems } from '../contracts/index.ts';
import { functionOf } from './called.ts';
import type { Exploration } from './explore.ts';
import type { ProvenMachine } from './load-machines.ts';
import { componentsOf, isLoop } from './loops.ts';
import { variablesRead } from './variables-read.ts';
import type { Violation } from './violation.ts';

/** An Assign of one variable, where it stands. */
interface Assignment {
  readonly name: string;
  readonly template: Json;
  readonly state: string;
  readonly answerBytes: number;
}

const usesAnswer = (template: Json): boolean => JSON.stringify(template).includes('$states.');

const answerBytesOf = (state: State): number => {
  const functionName = functionOf(state);
  return (functionName === undefined ? undefined : functionContracts[functionName]?.maxBytes) ?? maxAnswerBytes;
};

/** Items of a Map come back as one answer: each has what its functions answered, and the text around it. */
const itemsBytes = (exploration: Exploration, name: string): number | undefined => {
  const inner = exploration.nested.get(name);
  if (inner === undefined) return undefined;
  const states = Object.values(inner.graph.States);
  const answers = states.filter((state) => functionOf(state) !== undefined).map(answerBytesOf);
  const texts = states.map((state) => ('Output' in state ? JSON.stringify(state.Output ?? '').length : 0));
  return (maxItems[name] ?? Number.POSITIVE_INFINITY) * (Math.max(0, ...answers) + Math.max(0, ...texts));
};

const assignmentsOf = (machine: ProvenMachine, exploration: Exploration): readonly Assignment[] =>
  allStates(machine.definition).flatMap(({ name: stateName, state }) => {
    const answerBytes = itemsBytes(exploration, stateName) ?? answerBytesOf(state);
    const of = (assign: JsonObject | undefined): readonly Assignment[] =>
      Object.entries(assign ?? {}).map(([name, template]) => ({ name, template, state: stateName, answerBytes }));
    return [
      ...('Assign' in state ? of(state.Assign) : []),
      ...(state.Type === 'Choice' ? state.Choices.flatMap(({ Assign }) => of(Assign)) : []),
      ...('Catch' in state ? (state.Catch ?? []).flatMap(({ Assign }) => of(Assign)) : []),
    ];
  });

/** Whether a template takes a variable over and adds to it; a number does not grow. */
const grows = ({ name, template }: Assignment): boolean =>
  variablesRead(template).includes(name) && /\$append|\$merge|&/.test(JSON.stringify(template));

const bytesOf = (template: Json | undefined, sizes: ReadonlyMap<string, number>, answerBytes: number): number => {
  const text = JSON.stringify(template ?? '').length;
  const read = [...new Set(variablesRead(template))].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  return text + read + (template !== undefined && usesAnswer(template) ? answerBytes : 0);
};

/** Upper bounds of the variables' sizes in bytes: the largest value assigned, and all that is ever added to it. */
const variableSizes = (assignments: readonly Assignment[]): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>();
  // A value can be handed on from variable to variable at most once for each of them.
  for (let round = 0; round <= assignments.length; round++) {
    let changed = false;
    for (const name of new Set(assignments.map((assignment) => assignment.name))) {
      const own = assignments.filter((assignment) => assignment.name === name);
      const others = new Map([...sizes].filter(([other]) => other !== name));
      const bytes = (assignment: Assignment): number => bytesOf(assignment.template, others, assignment.answerBytes);
      const base = Math.max(0, ...own.filter((assignment) => !grows(assignment)).map(bytes));
      const added = own.filter(grows).reduce((sum, assignment) => sum + bytes(assignment), 0);
      if (sizes.get(name) !== base + added) {
        sizes.set(name, base + added);
        changed = true;
      }
    }
    if (!changed) return sizes;
  }
  return sizes;
};

const assignOn = (state: State | undefined, label: string): JsonObject | undefined => {
  if (state === undefined) return undefined;
  if (state.Type === 'Choice' && label !== 'Default') {
    return state.Choices.find((_rule, index) => label === `Choice ${index}`)?.Assign;
  }
  const catcher = 'Catch' in state ? state.Catch?.find((each, index) => label === catchLabel(index, each)) : undefined;
  if (catcher !== undefined) return catcher.Assign;
  return 'Assign' in state ? state.Assign : undefined;
};

/** Assignments on steps that a run can take again and again. */
const repeated = ({ nodes, graph }: Exploration): readonly Assignment[] => {
  const view = { nodes, keeps: () => true };
  return componentsOf(view)
    .filter((component) => isLoop(view, component))
    .flatMap((component) => {
      const inside = new Set(component);
      return component.flatMap((node) =>
        node.edges
          .filter(({ to }) => inside.has(to))
          .flatMap(({ label }) =>
            Object.entries(assignOn(graph.States[node.state], label) ?? {}).map(([name, template]) => ({
              name,
              template,
              state: node.state,
              answerBytes: 0,
            })),
          ),
      );
    });
};

/** The largest payload that a state can hand on, in bytes. */
export const payloadBound = (machine: ProvenMachine, exploration: Exploration): number => {
  const sizes = variableSizes(assignmentsOf(machine, exploration));
  const payloads = allStates(machine.definition).flatMap(({ name, state }) => {
    const answerBytes = itemsBytes(exploration, name) ?? answerBytesOf(state);
    const own = [
      'Arguments' in state ? bytesOf(state.Arguments as Json | undefined, sizes, 0) : 0,
      'Output' in state ? bytesOf(state.Output, sizes, answerBytes) : 0,
      itemsBytes(exploration, name) ?? 0,
    ];
    return own;
  });
  return Math.max(0, ...payloads);
};

/** Payloads that do not fit, and variables that grow with each pass of a loop. */
export const payloadViolations = (machine: ProvenMachine, exploration: Exploration): readonly Violation[] => {
  const { name } = machine;
  const growing = repeated(exploration)
    .filter(grows)
    .map(({ name: variable, state }): Violation => {
      const message = `$${variable} grows each time that the loop passes here`;
      return { rule: 'payload', machine: name, state, message, path: [state] };
    });
  const bound = payloadBound(machine, exploration);
  if (bound <= maxPayloadBytes) return growing;
  const message = `a payload may reach ${bound} bytes; the limit is ${maxPayloadBytes}`;
  return [...growing, { rule: 'payload', machine: name, message, path: [] }];
};
