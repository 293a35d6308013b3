import { finalCheck } from '../control/final-check.ts';
import type { GuardReading } from '../control/guards.ts';
import { DrError } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import type { Run } from '../runtime/run.ts';

/** The run that makes a cutover. */
export type CutoverRun = Pick<Run, 'executionArn' | 'fence' | 'overrideControl'>;

export interface GuardPorts {
  readonly readGuards: () => Promise<GuardReading>;
  /** Extends the run's lock, if it has one: every step may be asked again until it is done. */
  readonly renewLock: () => Promise<void>;
  readonly nowMs: () => number;
}

/**
 * The final check before a step of the cutover writes: a freeze or another run's lock blocks it. Enrolment and anti-flap
 * were judged before the promotion; judged after it, they would stop the very run that has just promoted.
 *
 * @throws LockLost when the run has lost its lock, ServiceUnavailable when nobody can say whether it has
 */
export const guardCutover = async (run: CutoverRun, ports: GuardPorts): Promise<readonly Finding[]> => {
  await ports.renewLock();
  const policy = { automaticFailover: true, antiFlapSeconds: 0 };
  return (await finalCheck({ ...run, automatic: false }, policy, ports)).blockers;
};

/**
 * The same before a step that gives something back after a promotion: a table that gives no answer does not hold it up. No
 * other run can have taken the pair meanwhile without that table, and what is kept back costs messages.
 *
 * @throws LockLost when the run has lost its lock
 */
export const guardGivingBack = async (run: CutoverRun, ports: GuardPorts): Promise<readonly Finding[]> => {
  try {
    return await guardCutover(run, ports);
  } catch (error) {
    if (!(error instanceof DrError) || error.kind !== 'transient') throw error;
    return [];
  }
};
