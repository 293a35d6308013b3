import type { HistoryEventType } from '../../execution/history.ts';
import type { Frame } from '../frame.ts';
import { type ExecutionRun, record } from '../run.ts';

/** Adds an event that the path does not go on from: the next one names the same predecessor, as in the service. */
export const recordBeside = (
  run: ExecutionRun,
  frame: Frame,
  type: HistoryEventType,
  details?: Readonly<Record<string, unknown>>,
): number => {
  const { lastEventId } = frame;
  const id = record(run, frame, type, details);
  frame.lastEventId = lastEventId;
  return id;
};
