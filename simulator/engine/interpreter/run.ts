import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { CoverageRecorder } from '../coverage/coverage.ts';
import type { Execution } from '../execution/execution.ts';
import type { HistoryEventType } from '../execution/history.ts';
import type { Evaluator } from '../expression/evaluator.ts';
import type { Json } from '../expression/json.ts';
import type { ReplaceChild, TaskInvoker, TransitionEvent } from '../ports.ts';
import type { Frame } from './frame.ts';

/** A child execution asked for by a Task state. */
export interface ChildRequest {
  readonly stateMachineArn: string;
  readonly name: string | undefined;
  /** JSON text. */
  readonly input: string;
  /** Whether the parent waits for it: it then shares the parent's root and is stopped with it. */
  readonly synchronous: boolean;
}

/** What the interpreter needs from the engine around it. */
export interface InterpreterServices {
  readonly clock: VirtualClock;
  readonly evaluator: Evaluator;
  /** A number in [0, 1), seeded. */
  random(): number;
  readonly invokeTask: TaskInvoker;
  readonly replaceChild: ReplaceChild;
  readonly onTransition: ((event: TransitionEvent) => void) | undefined;
  /** @throws ApiFault as StartExecution would */
  startChild(parent: Execution, request: ChildRequest): Execution;
  /** Ends a running execution as StopExecution does. */
  stop(execution: Execution): void;
}

/** One run of an execution: from its start, or from a redrive, to its end. */
export interface ExecutionRun {
  readonly execution: Execution;
  readonly services: InterpreterServices;
  readonly coverage: CoverageRecorder;
}

/** Adds an event to the history, on the frame's own path. */
export const record = (
  run: ExecutionRun,
  frame: Frame,
  type: HistoryEventType,
  details?: Readonly<Record<string, unknown>>,
): number => {
  frame.lastEventId = run.execution.history.append(type, frame.lastEventId, run.services.clock.nowMs(), details);
  return frame.lastEventId;
};

/** Adds an event that the path does not go on from: the next one names the same predecessor, as in the service. */
export const recordAside: typeof record = (run, frame, type, details) => {
  const { lastEventId } = frame;
  const id = record(run, frame, type, details);
  frame.lastEventId = lastEventId;
  return id;
};

/** JSON text of a payload with the member that says it is whole: `{ input, inputDetails }`. */
export const payloadDetails = (member: 'input' | 'output', value: Json): Record<string, unknown> => ({
  [member]: JSON.stringify(value),
  [`${member}Details`]: { truncated: false },
});

/** Tells the observer about a step. */
export const observe = (
  run: ExecutionRun,
  frame: Frame,
  kind: TransitionEvent['kind'],
  stateType: string,
  more: Partial<Pick<TransitionEvent, 'error' | 'cause' | 'next'>> = {},
): void => {
  const { execution, services } = run;
  services.onTransition?.({
    atMs: services.clock.nowMs(),
    executionArn: execution.arn,
    machineName: execution.machine.name,
    region: execution.machine.region,
    stateName: frame.stateName,
    stateType,
    kind,
    ...more,
  });
};
