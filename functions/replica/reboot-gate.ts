import { type BrokerReading, type BrokerSnapshot, servingStates } from '../brokers/broker-snapshot.ts';
import { type ProtectedWindow, windowsAt } from '../config/protected-window.ts';
import type { Assessment, Finding } from '../runtime/finding.ts';

/** What is known when the primary is about to be rebooted. */
export interface RebootFacts {
  readonly primary: BrokerSnapshot;
  readonly replica: BrokerReading;
  readonly protectedWindows: readonly ProtectedWindow[];
  readonly nowMs: number;
}

/** Lines that a person must read before the reboot: what changes with it in addition to the pairing. */
export const appliedByReboot = (primary: BrokerSnapshot, replica: BrokerReading): readonly string[] => [
  'replication with the replica begins',
  ...primary.pendingChanges.map((change) => `primary: ${change}`),
  ...(replica.known ? replica.broker.pendingChanges.map((change) => `replica: ${change}`) : []),
];

const brokerFindings = (label: string, broker: BrokerSnapshot, allowed: readonly string[]): Finding[] => {
  const findings: Finding[] = [];
  if (!allowed.includes(broker.state)) {
    findings.push({
      code: `${label.toUpperCase()}_NOT_RUNNING`,
      message: `the ${label} must be RUNNING, but it is ${broker.state}`,
      evidence: { brokerId: broker.brokerId, state: broker.state },
    });
  }
  if (broker.actionsRequired.length > 0) {
    findings.push({
      code: 'ACTION_REQUIRED',
      message: `the service requires action on the ${label} first: ${broker.actionsRequired.join(', ')}`,
      evidence: { brokerId: broker.brokerId, actionsRequired: broker.actionsRequired },
    });
  }
  return findings;
};

/** Whether the primary may be rebooted now; the replica reboots with it. docs/amazon-mq.md 2. */
export const assessReboot = ({ primary, replica, protectedWindows, nowMs }: RebootFacts): Assessment => {
  const blockers = brokerFindings('primary', primary, ['RUNNING']);
  // A steady replica may read REPLICA; only the primary is rebooted. docs/amazon-mq.md 15.2, 15.16.
  if (replica.known) blockers.push(...brokerFindings('replica', replica.broker, servingStates));
  else {
    blockers.push({
      code: 'REPLICA_UNREADABLE',
      message: `the replica cannot be read, so it is unknown whether it is ready: ${replica.reason}`,
      evidence: { reason: replica.reason },
    });
  }
  for (const window of windowsAt(protectedWindows, nowMs)) {
    blockers.push({
      code: 'PROTECTED_WINDOW',
      message: `no reboot during the protected window "${window.reason}" (${window.days.join(', ')} ${window.startUtc} UTC, ${window.durationMinutes} min)`,
      evidence: { reason: window.reason, startUtc: window.startUtc, durationMinutes: window.durationMinutes },
    });
  }
  const changes = appliedByReboot(primary, replica).slice(1);
  const warnings: Finding[] = [
    {
      code: 'CLIENTS_DISCONNECT',
      message: 'the reboot disconnects every client of the primary for about five minutes',
      evidence: { primary: primary.brokerId },
    },
  ];
  if (changes.length > 0) {
    warnings.push({
      code: 'PENDING_CHANGES',
      message: `the reboot also applies: ${changes.join('; ')}`,
      evidence: { changes },
    });
  }
  return { blockers, warnings };
};
