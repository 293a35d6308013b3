import { type BrokerSnapshot, servingStates } from '../brokers/broker-snapshot.ts';
import { type ProtectedWindow, windowsAt } from '../config/protected-window.ts';
import { type Intent, isOpen } from '../control/intent.ts';
import type { Assessment, Finding, PlannedWrite } from '../runtime/finding.ts';
import type { UnpairInput } from './unpair-input.ts';
import type { UnpairSide, UnpairSides } from './unpair-sides.ts';
import { judgeUnpairing, type UnpairingPhase } from './unpairing.ts';

/** What is known when a pair is to be ended. */
export interface UnpairFacts {
  readonly input: UnpairInput;
  readonly sides: UnpairSides;
  readonly protectedWindows: readonly ProtectedWindow[];
  readonly promotion: Intent | undefined;
  readonly nowMs: number;
}

/** How far the end of the pair is; nothing is said while the primary cannot be read. */
export const phaseOf = ({ primary, replica }: UnpairSides): UnpairingPhase | undefined =>
  primary.reading.known ? judgeUnpairing(primary.reading.broker, replica.reading).phase : undefined;

const inputFindings = ({ input, sides }: UnpairFacts): Finding[] => {
  const findings: Finding[] = [];
  const { confirm, pair, replicaBrokerId } = input;
  if (confirm !== pair) {
    findings.push({
      code: 'CONFIRM_MISMATCH',
      message: `"confirm" must repeat the pair's name "${pair}"`,
      evidence: { confirm },
    });
  }
  if (replicaBrokerId === undefined) return findings;
  const { brokerId } = sides.replica.ref;
  if (!sides.proven) {
    findings.push({
      code: 'DELETE_TARGET_UNPROVEN',
      message: 'neither roles nor records show which broker was the replica, so none is deleted',
      evidence: { brokers: [sides.primary.ref.brokerId, brokerId] },
    });
  } else if (replicaBrokerId !== brokerId) {
    findings.push({
      code: 'DELETE_TARGET_NOT_REPLICA',
      message: `${replicaBrokerId} is not the replica of ${pair}, ${brokerId} is`,
      evidence: { replicaBrokerId, replica: brokerId },
    });
  }
  return findings;
};

const brokerFindings = (role: 'primary' | 'replica', broker: BrokerSnapshot): Finding[] => {
  const findings: Finding[] = [];
  const label = role.toUpperCase();
  const { brokerId, state, pendingChanges, actionsRequired, pendingReplicationMode } = broker;
  const add = (code: string, message: string, evidence: Finding['evidence']): void =>
    void findings.push({ code, message, evidence: { brokerId, ...evidence } });
  if (broker.role !== role) {
    const reads = broker.roleText ?? 'no role';
    add(`${label}_NOT_${label}`, `${brokerId} must be the ${role}, but it reports ${reads}`, { role: broker.roleText });
  }
  const allowed = role === 'primary' ? ['RUNNING'] : servingStates;
  if (!allowed.includes(state)) add(`${label}_NOT_RUNNING`, `the ${role} ${brokerId} is ${state}`, { state });
  if (actionsRequired.length > 0) {
    const codes = actionsRequired.join(', ');
    add('ACTION_REQUIRED', `the service requires action on the ${role} first: ${codes}`, { actionsRequired });
  }
  if (pendingChanges.length > 0) {
    const changes = pendingChanges.join('; ');
    add('CHANGES_PENDING', `the reboot would also apply to the ${role}: ${changes}; apply or undo it first`, {
      pendingChanges,
    });
  }
  if (pendingReplicationMode === 'CRDR') {
    add('REPLICATION_CHANGE_PENDING', `the ${role} waits for the reboot that begins replication`, {
      pendingReplicationMode,
    });
  }
  return findings;
};

const sideFindings = (role: 'primary' | 'replica', { ref, reading }: UnpairSide): Finding[] =>
  reading.known
    ? brokerFindings(role, reading.broker)
    : [
        {
          code: `${role.toUpperCase()}_UNREADABLE`,
          message: `the ${role} ${ref.brokerId} cannot be read: ${reading.reason}`,
          evidence: { brokerId: ref.brokerId, reason: reading.reason },
        },
      ];

const timeFindings = ({ protectedWindows, nowMs }: UnpairFacts): Finding[] =>
  windowsAt(protectedWindows, nowMs).map(({ reason, days, startUtc, durationMinutes }) => ({
    code: 'PROTECTED_WINDOW',
    message: `no reboot during the protected window "${reason}" (${days.join(', ')} ${startUtc} UTC, ${durationMinutes} min)`,
    evidence: { reason, startUtc, durationMinutes },
  }));

const promotionFindings = ({ promotion }: UnpairFacts): Finding[] =>
  isOpen(promotion)
    ? [
        {
          code: 'PROMOTION_OPEN',
          message: `a promotion of ${promotion.subject} is under way, started by ${promotion.executionArn}`,
          evidence: { subject: promotion.subject, status: promotion.status, executionArn: promotion.executionArn },
        },
      ]
    : [];

const warningsOf = ({ input, sides }: UnpairFacts): Finding[] => [
  {
    code: 'PROTECTION_ENDS',
    message:
      'afterwards nothing is replicated: if the Region of the primary is lost, so is everything the primary holds',
    evidence: { primary: sides.primary.ref.brokerId },
  },
  {
    code: 'CLIENTS_DISCONNECT',
    message: 'the reboot disconnects every client of the primary for about five minutes',
    evidence: { primary: sides.primary.ref.brokerId },
  },
  ...(input.deleteReplica
    ? [
        {
          code: 'REPLICA_DELETED',
          message: 'the replica and everything it stores will be deleted',
          evidence: { replica: sides.replica.ref.brokerId },
        },
      ]
    : []),
];

/**
 * Whether the pair may be ended now: every blocker and every warning at once. What has its reboot behind it is not
 * judged again: then only the input counts.
 */
export const assessUnpair = (facts: UnpairFacts): Assessment => {
  const { sides } = facts;
  const phase = phaseOf(sides);
  const begun = phase === 'rebooting' || phase === 'standalone';
  return {
    blockers: [
      ...inputFindings(facts),
      ...(begun
        ? []
        : [
            ...sideFindings('primary', sides.primary),
            ...sideFindings('replica', sides.replica),
            ...timeFindings(facts),
            ...promotionFindings(facts),
          ]),
    ],
    warnings: begun ? [] : warningsOf(facts),
  };
};

/** The writes that are left, in their order. */
export const plannedUnpairing = ({ input, sides }: UnpairFacts): readonly PlannedWrite[] => {
  const phase = phaseOf(sides);
  const { primary, replica } = sides;
  const onPrimary = (operation: string, more: PlannedWrite['request'] = {}): PlannedWrite => ({
    service: 'mq',
    operation,
    region: primary.ref.region,
    request: { BrokerId: primary.ref.brokerId, ...more },
  });
  const gone = !replica.reading.known || replica.reading.broker.state === 'DELETION_IN_PROGRESS';
  return [
    ...(phase === 'paired' ? [onPrimary('UpdateBroker', { DataReplicationMode: 'NONE' })] : []),
    ...(phase === 'paired' || phase === 'pending' ? [onPrimary('RebootBroker')] : []),
    ...(input.deleteReplica && !gone
      ? [
          {
            service: 'mq',
            operation: 'DeleteBroker',
            region: replica.ref.region,
            request: { BrokerId: replica.ref.brokerId },
          },
        ]
      : []),
  ];
};
