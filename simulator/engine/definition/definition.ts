import type * as z from 'zod';
import type { stateSchemas } from './schema.ts';

export type TaskState = z.infer<typeof stateSchemas.Task>;
export type ChoiceState = z.infer<typeof stateSchemas.Choice>;
export type WaitState = z.infer<typeof stateSchemas.Wait>;
export type PassState = z.infer<typeof stateSchemas.Pass>;
export type SucceedState = z.infer<typeof stateSchemas.Succeed>;
export type FailState = z.infer<typeof stateSchemas.Fail>;
export type ParallelState = Omit<z.infer<typeof stateSchemas.Parallel>, 'Branches'> & {
  readonly Branches: readonly StateGraph[];
};
export type MapState = Omit<z.infer<typeof stateSchemas.Map>, 'ItemProcessor'> & {
  readonly ItemProcessor: StateGraph;
};

export type State =
  | TaskState
  | ChoiceState
  | WaitState
  | PassState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

/** States with Retry and Catch. */
export type FallibleState = TaskState | ParallelState | MapState;

/** States and where to begin: a machine, a branch of a Parallel state or the processor of a Map state. */
export interface StateGraph {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A definition that was checked: everything in it is implemented by the engine. Field names are the language's own. */
export interface Definition extends StateGraph {
  readonly Comment?: string | undefined;
  /** Limit for a whole execution. */
  readonly TimeoutSeconds?: number | undefined;
}
