import { InvalidInput } from '../runtime/errors.ts';
import { tryRead } from '../runtime/reading.ts';
import { parentOf } from './child-run.ts';
import type { EndedRun } from './run-ended-message.ts';

/** Executions, as far as the end of one is judged. */
export interface ExecutionsPort {
  describe(executionArn: string): Promise<Omit<EndedRun, 'reportedBy' | 'parent'>>;
  reportedBy(executionArn: string): Promise<string | undefined>;
}

/** What cannot be read says nothing about a page: better one too many. */
const orUndefined = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  const reading = await tryRead(read);
  return reading.known ? reading.value : undefined;
};

/**
 * Reads a run that ended: whether operators were notified, and whose step it was.
 *
 * @throws InvalidInput for one that is still at work; errors of describing it
 */
export const readEndedRun = async (executionArn: string, executions: ExecutionsPort): Promise<EndedRun> => {
  const execution = await executions.describe(executionArn);
  if (execution.status === 'RUNNING') {
    throw new InvalidInput(`${executionArn} is ${execution.status}: settle-run accepts only runs that have ended`);
  }
  const reportedBy = await orUndefined(() => executions.reportedBy(executionArn));
  const parentArn = parentOf(execution.input);
  if (parentArn === undefined) return { ...execution, reportedBy, parent: undefined };
  const parent = await orUndefined(() => executions.describe(parentArn));
  return { ...execution, reportedBy, parent: { executionArn: parentArn, status: parent?.status ?? 'unknown' } };
};
