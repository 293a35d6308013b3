import { type BrokerReading, type BrokerSnapshot, servingStates } from '../brokers/broker-snapshot.ts';
import type { LagJudgement } from '../brokers/lag-verdict.ts';
import { type ProtectedWindow, windowsAt } from '../config/protected-window.ts';
import { type Intent, isOpen } from '../control/intent.ts';
import type { Assessment, Finding } from '../runtime/finding.ts';

/** What is known when a switchover is asked for. */
export interface SwitchoverFacts {
  readonly targetRegion: string;
  /** Region in which the workflow runs. */
  readonly runningRegion: string;
  /** Known even while the target cannot be read. */
  readonly targetBrokerId: string;
  readonly target: BrokerReading;
  readonly counterpart: BrokerReading;
  readonly replication: LagJudgement;
  readonly protectedWindows: readonly ProtectedWindow[];
  readonly intent: Intent | undefined;
  readonly nowMs: number;
}

const regionFindings = ({ runningRegion, targetRegion }: SwitchoverFacts): Finding[] =>
  runningRegion === targetRegion
    ? []
    : [
        {
          code: 'WRONG_REGION',
          message: `started in ${runningRegion}: start it in ${targetRegion}, so that the run survives the loss of the other Region`,
          evidence: { runningRegion, targetRegion },
        },
      ];

const brokerFindings = (
  label: 'TARGET' | 'COUNTERPART',
  role: 'replica' | 'primary',
  broker: BrokerSnapshot,
): Finding[] => {
  const findings: Finding[] = [];
  const name = label.toLowerCase();
  const { brokerId, state } = broker;
  if (broker.role !== role) {
    findings.push({
      code: `${label}_NOT_${role.toUpperCase()}`,
      message: `the ${name} ${brokerId} must be the ${role}, but it reports ${broker.roleText ?? 'no role'}`,
      evidence: { brokerId, role: broker.roleText },
    });
  }
  if (!servingStates.includes(state)) {
    findings.push({
      code: `${label}_NOT_RUNNING`,
      message: `the ${name} ${brokerId} is ${state}`,
      evidence: { brokerId, state },
    });
  }
  if (broker.actionsRequired.length > 0) {
    findings.push({
      code: 'ACTION_REQUIRED',
      message: `the service requires action on the ${name} first: ${broker.actionsRequired.join(', ')}`,
      evidence: { brokerId, actionsRequired: broker.actionsRequired },
    });
  }
  if (broker.pendingReplicationMode !== undefined) {
    findings.push({
      code: 'REPLICATION_CHANGE_PENDING',
      message: `the ${name} needs a reboot that changes its replication mode to ${broker.pendingReplicationMode}`,
      evidence: { brokerId, pendingReplicationMode: broker.pendingReplicationMode },
    });
  }
  return findings;
};

const readingFindings = (
  label: 'TARGET' | 'COUNTERPART',
  role: 'replica' | 'primary',
  reading: BrokerReading,
): Finding[] =>
  reading.known
    ? brokerFindings(label, role, reading.broker)
    : [
        {
          code: `${label}_UNREADABLE`,
          message: `the ${label.toLowerCase()} cannot be read, and a switchover needs both: ${reading.reason}`,
          evidence: { reason: reading.reason },
        },
      ];

const replicationFindings = ({ replication: { verdict, evidence } }: SwitchoverFacts): Finding[] =>
  // Roles that are exchanged already are named by the findings about the brokers.
  verdict === 'steady' || verdict === 'draining' || verdict === 'lagging' || verdict === 'exchanged'
    ? []
    : [
        {
          code: `REPLICATION_${verdict.toUpperCase()}`,
          message: `replication is ${verdict}: a switchover would close both brokers until it runs again`,
          evidence: { evidence },
        },
      ];

const timeFindings = ({ protectedWindows, nowMs }: SwitchoverFacts): Finding[] =>
  windowsAt(protectedWindows, nowMs).map((window) => ({
    code: 'PROTECTED_WINDOW',
    message: `no switchover during the protected window "${window.reason}" (${window.days.join(', ')} ${window.startUtc} UTC, ${window.durationMinutes} min)`,
    evidence: { reason: window.reason, startUtc: window.startUtc, durationMinutes: window.durationMinutes },
  }));

/** Whether an open promotion of the counterpart has been completed, by itself or by hand, without being settled. */
export const otherPromotionTookEffect = ({ intent, target, counterpart }: SwitchoverFacts): boolean =>
  isOpen(intent) &&
  counterpart.known &&
  counterpart.broker.brokerId === intent.subject &&
  counterpart.broker.role === 'primary' &&
  target.known &&
  target.broker.role === 'replica';

const intentFindings = (facts: SwitchoverFacts): Finding[] => {
  const { intent, targetBrokerId } = facts;
  return isOpen(intent) && intent.subject !== targetBrokerId && !otherPromotionTookEffect(facts)
    ? [
        {
          code: 'PROMOTION_OPEN',
          message: `a promotion of ${intent.subject} is under way, started by ${intent.executionArn}`,
          evidence: { subject: intent.subject, status: intent.status, executionArn: intent.executionArn },
        },
      ]
    : [];
};

/** Whether a switchover may be asked for now: every blocker and every warning at once. */
export const assessSwitchover = (facts: SwitchoverFacts): Assessment => ({
  blockers: [
    ...regionFindings(facts),
    ...readingFindings('TARGET', 'replica', facts.target),
    ...readingFindings('COUNTERPART', 'primary', facts.counterpart),
    ...replicationFindings(facts),
    ...timeFindings(facts),
    ...intentFindings(facts),
  ],
  warnings:
    facts.replication.verdict === 'lagging' || facts.replication.verdict === 'draining'
      ? [
          {
            code: 'BACKLOG',
            message: 'replication is behind: neither broker serves until the backlog has been replicated',
            evidence: { backlogEvents: facts.replication.backlogEvents, lagMs: facts.replication.lagMs },
          },
        ]
      : [],
});
