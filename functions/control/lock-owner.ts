import { tryRead } from '../runtime/reading.ts';
import { type GuardReading, isHeldByOther, type Lock } from './guards.ts';

/** Executions, as far as the owner of a lock is judged. */
export interface OwnerReader {
  describe(executionArn: string): Promise<{ readonly status: string }>;
}

/** Whether the run that owns a lock still runs; `unknown` counts as running. */
export type OwnerState = 'running' | 'ended' | 'unknown';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
const endedStatuses: readonly string[] = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Asks Step Functions whether a lock's owner still runs. Only the own Region is asked: the other one may be lost, and
 * whoever waits for its answer waits in the middle of a failover. Its runs' locks end with their leases.
 *
 * @param owner ARN of the execution, or whatever else stands in the lock
 * @param region the Region that asks
 */
export const ownerState = async (owner: string, region: string, executions: OwnerReader): Promise<OwnerState> => {
  const [, , service, of, , kind] = owner.split(':');
  if (service !== 'states' || kind !== 'execution' || of !== region) return 'unknown';
  const execution = await tryRead(() => executions.describe(owner));
  if (!execution.known) return 'unknown';
  return endedStatuses.includes(execution.value.status) ? 'ended' : 'running';
};

/** Whether the lock of another run is left over from one that has ended, and may be taken over. */
export const isLeftOver = async (
  lock: Lock | undefined,
  asking: { readonly executionArn: string; readonly region: string; readonly nowMs: number },
  executions: OwnerReader,
): Promise<boolean> =>
  isHeldByOther(lock, asking.executionArn, asking.nowMs) &&
  (await ownerState(lock.owner, asking.region, executions)) === 'ended';

/** The guards without a lock that is left over, which stands in `endedLock` then. */
export const withoutLeftOverLock = async (
  reading: GuardReading,
  asking: { readonly executionArn: string; readonly region: string; readonly nowMs: number },
  executions: OwnerReader,
): Promise<GuardReading> => {
  if (!reading.known || reading.lock === undefined) return reading;
  if (!(await isLeftOver(reading.lock, asking, executions))) return reading;
  const { lock, ...others } = reading;
  return { ...others, endedLock: lock };
};
