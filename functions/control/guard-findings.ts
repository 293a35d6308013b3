import type { Assessment, Finding } from '../runtime/finding.ts';
import { type AutomationPolicy, automationStops } from './automation-stops.ts';
import { type GuardReading, isHeldByOther } from './guards.ts';

/** The run that the guards are judged for. */
export interface GuardedRun {
  /** ARN of the root execution. */
  readonly executionArn: string;
  /** Whether an event started it; then a person's word is missing and more is asked for. */
  readonly automatic: boolean;
  /** A person's reason to act although the Control table cannot be reached. */
  readonly overrideControl: string | null;
  /** Purposes of locks that the run takes over: a person's failover interrupts a switchover. */
  readonly preempts?: readonly string[];
}

/** Settings that guards depend on. */
export interface GuardPolicy extends AutomationPolicy {
  /** What a lock and a freeze are about; a pair by default. */
  readonly scope?: string;
  /** How long after a promotion automatic runs hold back, unless a person acknowledged it; seconds. */
  readonly antiFlapSeconds: number;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

const unreachable = (reason: string, run: GuardedRun): Assessment => {
  const finding = (code: string, message: string): Finding => ({ code, message, evidence: { reason } });
  if (run.automatic || run.overrideControl === null) {
    const message = 'the Control table cannot be reached, so it is unknown whether another run is acting';
    const hint = run.automatic ? 'automatic runs stop' : 'a failover may pass with overrideControl and a reason';
    return { blockers: [finding('CONTROL_UNREACHABLE', `${message}; ${hint}`)], warnings: [] };
  }
  return {
    blockers: [],
    warnings: [finding('CONTROL_OVERRIDDEN', `acting without the Control table: ${run.overrideControl}`)],
  };
};

/**
 * Judges lock, freeze, what stops automatic runs, and anti-flap for a run: every blocker and every warning at once.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const judgeGuards = (reading: GuardReading, run: GuardedRun, policy: GuardPolicy, nowMs: number): Assessment => {
  if (!reading.known) return unreachable(reading.reason, run);
  const blockers: Finding[] = [];
  const warnings: Finding[] = [];
  const { lock, endedLock, freeze, globalFreeze, epoch } = reading;
  if (endedLock !== undefined) {
    const { owner, purpose } = endedLock;
    warnings.push({
      code: 'LOCK_TAKEN_OVER',
      message: `a run of ${purpose} ended without releasing the lock: ${owner}; this run takes it over`,
      evidence: { owner, purpose },
    });
  }
  if (isHeldByOther(lock, run.executionArn, nowMs)) {
    const preempted = !run.automatic && run.preempts?.includes(lock.purpose) === true;
    const message = `a run of ${lock.purpose} holds the lock until ${iso(lock.expiresAtMs)}: ${lock.owner}`;
    (preempted ? warnings : blockers).push({
      code: preempted ? 'LOCK_TAKEN_OVER' : 'LOCK_HELD',
      message: preempted ? `${message}; this run takes it over` : message,
      evidence: { owner: lock.owner, purpose: lock.purpose, expiresAt: iso(lock.expiresAtMs) },
    });
  }
  for (const [scope, frozen] of [
    [policy.scope ?? 'this pair', freeze],
    ['everything', globalFreeze],
  ] as const) {
    if (frozen === undefined) continue;
    blockers.push({
      code: 'FROZEN',
      message: `${frozen.by} froze ${scope} at ${iso(frozen.atMs)}: ${frozen.reason}`,
      evidence: { scope, by: frozen.by, reason: frozen.reason },
    });
  }
  if (run.automatic) blockers.push(...automationStops(reading, policy, nowMs));
  if (epoch !== undefined && epoch.acknowledgedAtMs === undefined) {
    const ageSeconds = Math.round((nowMs - epoch.promotedAtMs) / 1_000);
    if (ageSeconds < policy.antiFlapSeconds) {
      const finding = {
        code: 'ANTI_FLAP',
        message: `the pair was promoted ${ageSeconds} s ago (${epoch.mode} to ${epoch.primaryRegion}) and the promotion has not been acknowledged`,
        evidence: { epoch: epoch.number, ageSeconds, antiFlapSeconds: policy.antiFlapSeconds },
      };
      (run.automatic ? blockers : warnings).push(finding);
    }
  }
  return { blockers, warnings };
};
