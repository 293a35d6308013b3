import { maxHistoryEvents } from '../limits.ts';

/**
 * Types of events that the engine writes, a part of the service's,
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html.
 */
export const historyEventTypes = [
  'ExecutionStarted',
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionTimedOut',
  'ExecutionAborted',
  'ExecutionRedriven',
  'EvaluationFailed',
  'PassStateEntered',
  'PassStateExited',
  'ChoiceStateEntered',
  'ChoiceStateExited',
  'WaitStateEntered',
  'WaitStateExited',
  'WaitStateAborted',
  'SucceedStateEntered',
  'SucceedStateExited',
  'FailStateEntered',
  'TaskStateEntered',
  'TaskStateExited',
  'TaskStateAborted',
  'TaskScheduled',
  'TaskStarted',
  'TaskSubmitted',
  'TaskSucceeded',
  'TaskFailed',
  'TaskTimedOut',
  'ParallelStateEntered',
  'ParallelStateStarted',
  'ParallelStateSucceeded',
  'ParallelStateFailed',
  'ParallelStateAborted',
  'ParallelStateExited',
  'MapStateEntered',
  'MapStateStarted',
  'MapIterationStarted',
  'MapIterationSucceeded',
  'MapIterationFailed',
  'MapIterationAborted',
  'MapStateSucceeded',
  'MapStateFailed',
  'MapStateAborted',
  'MapStateExited',
] as const;
export type HistoryEventType = (typeof historyEventTypes)[number];

/** One entry of GetExecutionHistory. */
export interface HistoryEvent {
  readonly id: number;
  /** Id of the event before it on its own path; 0 for the first event of a path. */
  readonly previousEventId: number;
  readonly atMs: number;
  readonly type: HistoryEventType;
  /** Members of the event's details, e.g. of `stateEnteredEventDetails`; undefined for events without. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** The history has room for one more event only, and that is the execution's end. */
export class HistoryFullError extends Error {
  override readonly name = 'HistoryFullError';

  constructor() {
    super(`The execution reached the maximum number of history events (${maxHistoryEvents}).`);
  }
}

/** Member that holds an event's details: `stateEnteredEventDetails`, `taskFailedEventDetails`. */
export const detailsMember = (type: HistoryEventType): string => {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
};

/** Events of one execution over all its redrives. */
export class History {
  readonly #events: HistoryEvent[] = [];

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** Whether the limit of events is reached; such an execution cannot be redriven. */
  get full(): boolean {
    return this.#events.length >= maxHistoryEvents - 1;
  }

  /**
   * Adds an event and returns its id.
   *
   * @throws HistoryFullError when only the execution's last event has room left
   */
  append(
    type: HistoryEventType,
    previousEventId: number,
    atMs: number,
    details?: Readonly<Record<string, unknown>>,
  ): number {
    if (this.full) throw new HistoryFullError();
    return this.#push(type, previousEventId, atMs, details);
  }

  /** Adds the event that ends the execution. It always has room. */
  appendEnd(
    type: HistoryEventType,
    previousEventId: number,
    atMs: number,
    details?: Readonly<Record<string, unknown>>,
  ): number {
    return this.#push(type, previousEventId, atMs, details);
  }

  #push(
    type: HistoryEventType,
    previousEventId: number,
    atMs: number,
    details: Readonly<Record<string, unknown>> | undefined,
  ): number {
    const id = this.#events.length + 1;
    this.#events.push({ id, previousEventId, atMs, type, details });
    return id;
  }
}
