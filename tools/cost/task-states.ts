import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functions, type MachineSpec, machines } from '../../infra/catalogue.ts';
import { functionSubstitution } from '../../infra/definition.ts';
import { projectRoot } from '../../infra/project-root.ts';

/** What a Task state starts. */
export type TaskTarget = { readonly function: string } | { readonly machine: string };

interface Definition {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: { readonly FunctionName?: string; readonly StateMachineArn?: string };
  readonly ItemProcessor?: Definition;
  readonly Branches?: readonly Definition[];
}

const nameIn = (text: string | undefined): string => /^\$\{(\w+)\}$/.exec(text ?? '')?.[1] ?? '';

const machineOf = (substitution: string): string | undefined =>
  machines.find(({ name }) => functionSubstitution(name).replace('FunctionArn', 'StateMachineArn') === substitution)
    ?.name;

const functionOf = (substitution: string): string | undefined =>
  functions.find(({ name }) => functionSubstitution(name) === substitution)?.name;

const targetOf = ({ Arguments: given }: State): TaskTarget | undefined => {
  const calledFunction = functionOf(nameIn(given?.FunctionName));
  if (calledFunction !== undefined) return { function: calledFunction };
  const machine = machineOf(nameIn(given?.StateMachineArn));
  return machine === undefined ? undefined : { machine };
};

const tasksIn = ({ States }: Definition): readonly (readonly [string, TaskTarget])[] =>
  Object.entries(States).flatMap(([name, state]) => {
    const target = state.Type === 'Task' ? targetOf(state) : undefined;
    const inner = [...(state.ItemProcessor === undefined ? [] : [state.ItemProcessor]), ...(state.Branches ?? [])];
    return [...(target === undefined ? [] : [[name, target] as const]), ...inner.flatMap(tasksIn)];
  });

/** Task states of a definition by name, which is unique in it. */
export const taskTargets = ({ definition }: MachineSpec): ReadonlyMap<string, TaskTarget> =>
  new Map(tasksIn(JSON.parse(readFileSync(join(projectRoot, definition), 'utf8')) as Definition));
