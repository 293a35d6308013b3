import type { Actor } from '../../clock/actor.ts';
import type { StateGraph } from '../definition/definition.ts';
import type { Json } from '../expression/json.ts';

/** `waiting` has not begun; everything but `succeeded` is run (again) by a redrive. */
type FrameStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'aborted';

/**
 * One path through a graph of states: the execution itself, a branch of a Parallel state or an iteration of a Map state.
 * It holds all that a redrive needs: where the path stands, its input, its variables and the paths below it.
 */
export interface Frame {
  readonly graph: StateGraph;
  /** `/Poll[2]`; empty for the execution itself. For names of actors. */
  readonly label: string;
  /** Position in the Map or Parallel state above. */
  readonly index: number;
  status: FrameStatus;
  /** Whether the present state continues after a redrive instead of beginning anew. */
  resuming: boolean;
  stateName: string;
  input: Json;
  /** Variables that this path sees: its own and those of the paths around it. */
  readonly variables: Map<string, Json>;
  output: Json;
  enteredAtMs: number;
  enteredEventId: number;
  /** Id of the last event on this path. */
  lastEventId: number;
  /** Paths of the present Parallel or Map state. */
  children: Frame[];
  actor: Actor | undefined;
  /** Stops what the present Task waits for, when the path is aborted. */
  cancelTask: (() => void) | undefined;
}

/** A path that stands before its first state. */
export const newFrame = (
  graph: StateGraph,
  input: Json,
  origin: Partial<Pick<Frame, 'label' | 'index' | 'lastEventId'>> & {
    readonly variables?: ReadonlyMap<string, Json>;
  } = {},
): Frame => ({
  graph,
  label: origin.label ?? '',
  index: origin.index ?? 0,
  status: 'waiting',
  resuming: false,
  stateName: graph.StartAt,
  input,
  variables: new Map(origin.variables),
  output: null,
  enteredAtMs: 0,
  enteredEventId: 0,
  lastEventId: origin.lastEventId ?? 0,
  children: [],
  actor: undefined,
  cancelTask: undefined,
});

/** Marks every path that did not succeed to continue where it stands. @param lastEventId the redrive's event */
export const prepareRedrive = (frame: Frame, lastEventId: number): void => {
  if (frame.status === 'succeeded' || frame.status === 'waiting') return;
  frame.resuming = true;
  frame.lastEventId = lastEventId;
  for (const child of frame.children) prepareRedrive(child, lastEventId);
};
