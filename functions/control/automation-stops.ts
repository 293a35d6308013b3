import { type ProtectedWindow, windowsAt } from '../config/protected-window.ts';
import type { Finding } from '../runtime/finding.ts';
import type { KnownGuards } from './guards.ts';
import { isOpen } from './intent.ts';

/** Settings by which automatic runs of a pair may act at all. */
export interface AutomationPolicy {
  /** The pair's name, for the commands that a finding shows. */
  readonly name?: string;
  /** Whether automatic runs may promote the pair at all. */
  readonly automaticFailover: boolean;
  readonly protectedWindows?: readonly ProtectedWindow[];
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

/**
 * What stops automatic runs of a pair, whatever the signals say, other than another run's lock, a freeze and anti-flap,
 * which stop people too or pass by themselves: enrolment, a protected window that covers them, a switchover that is under
 * way or has stalled, and a person's no. An open failover does not: it is where an automatic run goes on.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const automationStops = (
  { stop, promotion }: Pick<KnownGuards, 'stop' | 'promotion'>,
  { name = '<name>', automaticFailover, protectedWindows = [] }: AutomationPolicy,
  nowMs: number,
): readonly Finding[] => {
  const stops: Finding[] = [];
  if (!automaticFailover) {
    stops.push({
      code: 'NOT_ENROLLED',
      message: 'the pair is not enrolled for automatic runs; start the workflow by hand',
      evidence: {},
    });
  }
  for (const { reason, startUtc, durationMinutes } of windowsAt(protectedWindows, nowMs, 'automatic')) {
    stops.push({
      code: 'PROTECTED_WINDOW',
      message: `automatic runs wait for the end of a protected window (${startUtc} UTC, ${durationMinutes} min): ${reason}`,
      evidence: { reason, startUtc, durationMinutes },
    });
  }
  if (isOpen(promotion) && promotion.mode === 'SWITCHOVER') {
    const { subject, executionArn, openedAtMs } = promotion;
    stops.push({
      code: 'PROMOTION_OPEN',
      message:
        `a switchover to ${subject} has been open since ${iso(openedAtMs)}, and it closes the primary itself ` +
        `(${executionArn}); only a person may overtake it: start a failover by hand`,
      evidence: { subject, executionArn, openedAt: iso(openedAtMs) },
    });
  }
  if (stop !== undefined) {
    const { kind, reason, by, atMs } = stop;
    stops.push({
      code: 'AUTOMATION_STOPPED',
      message:
        `automatic runs are stopped since ${iso(atMs)} (${kind}): ${reason}. They stay stopped until a person's promotion ` +
        `ends well or: npx mq-dr resume --pair ${name} --reason "..."`,
      evidence: { kind, by, at: iso(atMs) },
    });
  }
  return stops;
};
