import { LockLost, ServiceUnavailable } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import { type GuardedRun, type GuardPolicy, judgeGuards } from './guard-findings.ts';
import type { GuardReading } from './guards.ts';

/** A run that is about to write. */
export interface WritingRun extends GuardedRun {
  /** The fence it got with the lock; null in a dry run, which takes none, and when the table was overridden. */
  readonly fence: number | null;
}

/**
 * What must be left of the lease for a write to begin, in seconds: the call may take 10 s to connect and answer, and
 * noting its outcome as long again.
 */
const neededLeaseSeconds = 20;

/**
 * The last look before a write: freeze, anti-flap and enrolment again, and whether the run still owns the lock with its
 * own fence and enough of a lease for the call.
 *
 * @throws LockLost when the run has lost its lock; then it must stop and undo nothing
 * @throws ServiceUnavailable when the table cannot be read any more
 */
export const guardWrite = async (
  run: WritingRun,
  policy: GuardPolicy,
  ports: { readonly readGuards: () => Promise<GuardReading>; readonly nowMs: () => number },
): Promise<readonly Finding[]> => {
  const reading = await ports.readGuards();
  const nowMs = ports.nowMs();
  const { blockers } = judgeGuards(reading, run, policy, nowMs);
  if (run.fence === null) return blockers;
  if (!reading.known) throw new ServiceUnavailable(`the lock cannot be checked before a write: ${reading.reason}`);
  const { lock } = reading;
  const remainingSeconds = lock === undefined ? 0 : (lock.expiresAtMs - nowMs) / 1_000;
  if (lock?.owner !== run.executionArn || lock.fence !== run.fence || remainingSeconds < neededLeaseSeconds) {
    throw new LockLost(
      `this run held fence ${run.fence}; the lock now has fence ${lock?.fence ?? 'none'}, owner ${lock?.owner ?? 'nobody'} ` +
        `and ${Math.round(remainingSeconds)} s left, of which a write needs ${neededLeaseSeconds}`,
      { fence: run.fence, lock },
    );
  }
  return blockers;
};
