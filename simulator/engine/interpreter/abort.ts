import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { StateType } from '../definition/schema.ts';
import type { HistoryEventType } from '../execution/history.ts';
import type { Frame } from './frame.ts';
import { type ExecutionRun, record } from './run.ts';

/** States for which the history has an event when their path is aborted. */
const abortEvents: Readonly<Partial<Record<StateType, HistoryEventType>>> = {
  Task: 'TaskStateAborted',
  Wait: 'WaitStateAborted',
  Parallel: 'ParallelStateAborted',
  Map: 'MapStateAborted',
};

/** Ends the actors of a path and of all below it, and stops what their Tasks wait for. Functions under way run on. */
export const haltFrame = (clock: VirtualClock, frame: Frame): void => {
  for (const child of frame.children) haltFrame(clock, child);
  frame.cancelTask?.();
  frame.cancelTask = undefined;
  if (frame.actor !== undefined) clock.kill(frame.actor);
  frame.actor = undefined;
  if (frame.status === 'running') frame.status = 'aborted';
};

/** Aborts a path because another one of its state failed; the events follow the failed path's last one. */
export const abortFrame = (run: ExecutionRun, frame: Frame, previousEventId: number): void => {
  const running: Frame[] = [];
  const collect = (inner: Frame): void => {
    for (const child of inner.children) collect(child);
    if (inner.status === 'running') running.push(inner);
  };
  collect(frame);
  haltFrame(run.services.clock, frame);
  for (const inner of running) {
    const type = inner.graph.States[inner.stateName]?.Type;
    inner.lastEventId = previousEventId;
    const event = type && abortEvents[type];
    if (event !== undefined) record(run, inner, event);
  }
};
