import { LockLost, ServiceUnavailable } from '../runtime/errors.ts';
import type { Assessment } from '../runtime/finding.ts';
import { type GuardedRun, type GuardPolicy, judgeGuards } from './guard-findings.ts';
import type { GuardReading } from './guards.ts';

/** What speaks against a write at this moment. @throws LockLost, ServiceUnavailable */
export type FinalCheck = () => Promise<Assessment>;

/** A run that is about to write. */
export interface WritingRun extends GuardedRun {
  /** The fencing token it got with the lock; null in a dry run, which takes none, and when the table was overridden. */
  readonly fence: number | null;
}

/**
 * What must be left of the lease for a write to begin, in seconds: the call may take 10 s to connect and answer, and
 * noting its outcome as long again.
 */
const neededLeaseSeconds = 20;

/**
 * The final check before a write: freeze, anti-flap and enrolment again, and whether the run still owns the lock with its
 * own fencing token and enough of a lease for the call.
 *
 * @throws LockLost when the run has lost its lock; then it must stop and undo nothing
 * @throws ServiceUnavailable when the table cannot be read, unless a person overrides it
 */
export const finalCheck = async (
  run: WritingRun,
  policy: GuardPolicy,
  ports: { readonly readGuards: () => Promise<GuardReading>; readonly nowMs: () => number },
): Promise<Assessment> => {
  const reading = await ports.readGuards();
  const nowMs = ports.nowMs();
  const assessment = judgeGuards(reading, run, policy, nowMs);
  const { fence: token } = run;
  if (!reading.known && (token !== null || run.overrideControl === null)) {
    throw new ServiceUnavailable(`lock and freeze cannot be checked before a write: ${reading.reason}`);
  }
  if (token === null || !reading.known) return assessment;
  const { lock } = reading;
  const remainingSeconds = lock === undefined ? 0 : (lock.expiresAtMs - nowMs) / 1_000;
  if (lock?.owner !== run.executionArn || lock.fence !== token || remainingSeconds < neededLeaseSeconds) {
    throw new LockLost(
      `this run held the lock with fencing token ${token}; it now has token ${lock?.fence ?? 'none'}, owner ` +
        `${lock?.owner ?? 'nobody'} and ${Math.round(remainingSeconds)} s left, of which a write needs ${neededLeaseSeconds}`,
      { token, lock },
    );
  }
  return assessment;
};
