import type { BrokerReading, BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import type { ProtectedWindow } from '../config/protected-window.ts';
import { decisionId } from '../control/decision-id.ts';
import { type Intent, type IntentOperation, isOpen } from '../control/intent.ts';
import { type IntentRecords, issueWrite, type LastLook } from '../control/issue-write.ts';
import { OutcomeUnknown } from '../runtime/errors.ts';
import type { Assessment, PlannedWrite } from '../runtime/finding.ts';
import { judgePairing } from './pairing.ts';
import { assessReboot } from './reboot-gate.ts';
import { judgeUnpairing } from './unpairing.ts';

interface Address {
  readonly region: string;
  readonly brokerId: string;
}

/** What the reboot step reads and writes; `shared/adapters` has the real ones. */
export interface RebootPorts {
  readonly brokers: {
    describe(address: Address): Promise<BrokerSnapshot>;
    tryDescribe(address: Address): Promise<BrokerReading>;
    reboot(
      address: Address,
    ): Promise<
      { readonly outcome: 'done'; readonly answer: unknown } | { readonly outcome: 'unknown'; readonly reason: string }
    >;
  };
  readonly lastLook: LastLook;
  readonly control: IntentRecords & {
    readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined>;
  };
}

/** What the reboot is for: it begins replication, or ends it. */
export type RebootPurpose = 'pair' | 'unpair';

export interface RebootRequest {
  readonly purpose: RebootPurpose;
  readonly pair: string;
  readonly primary: Address;
  readonly replica: Address;
  readonly protectedWindows: readonly ProtectedWindow[];
  readonly executionArn: string;
  readonly dryRun: boolean;
  readonly nowMs: number;
}

export type RebootStep =
  | { readonly outcome: 'issued' | 'not-needed' }
  | { readonly outcome: 'dry-run'; readonly plannedWrites: readonly PlannedWrite[] }
  | ({ readonly outcome: 'refused' } & Assessment);

/**
 * How long after an unconfirmed reboot request a broker that still reads RUNNING with the pairing pending counts as
 * not rebooting. The state changes with the call; one minute leaves room for a slow answer (8 s) and a stale read.
 */
export const rebootSettleMs = 60_000;

/** Whether the change of the replication mode waits for the reboot, has it behind it, or cannot be seen yet. */
const needOf = (
  purpose: RebootPurpose,
  primary: BrokerSnapshot,
  replica: BrokerReading,
): 'due' | 'behind' | 'not-yet' => {
  if (purpose === 'pair') {
    const { phase } = judgePairing(primary, replica);
    return phase === 'paired' || phase === 'rebooting' ? 'behind' : 'due';
  }
  const { phase } = judgeUnpairing(primary, replica);
  if (phase === 'paired') return 'not-yet';
  return phase === 'pending' ? 'due' : 'behind';
};

/**
 * Reboots the primary once for the pending change of the replication mode, and only the primary: the service reboots
 * the replica with it.
 *
 * @throws OutcomeUnknown while an unconfirmed request is too young to be judged, while the end of replication that the
 * reboot shall bring about cannot be seen yet, and as `issueWrite`
 */
export const rebootPrimary = async (request: RebootRequest, ports: RebootPorts): Promise<RebootStep> => {
  const primary = await ports.brokers.describe(request.primary);
  const replica = await ports.brokers.tryDescribe(request.replica);
  const newest = await ports.control.readIntent(request.pair, 'RebootBroker');
  const need = needOf(request.purpose, primary, replica);
  if (need === 'not-yet') {
    throw new OutcomeUnknown(`${primary.brokerId} does not show that its replication shall end; looking again`, {
      pendingReplicationMode: primary.pendingReplicationMode,
    });
  }
  if (need === 'behind') {
    // Nothing would be rebooted; a dry run does not go on to observe and record the pair either.
    if (request.dryRun) return { outcome: 'dry-run', plannedWrites: [] };
    if (isOpen(newest)) await ports.control.settleIntent(newest, 'effective');
    return { outcome: 'not-needed' };
  }

  if (isOpen(newest) && request.nowMs - newest.openedAtMs < rebootSettleMs) {
    throw new OutcomeUnknown(`a reboot of ${newest.subject} was requested and cannot be seen yet; looking again`, {
      openedAtMs: newest.openedAtMs,
    });
  }

  const { blockers, warnings } = assessReboot({ ...request, primary, replica });
  if (blockers.length > 0) return { outcome: 'refused', blockers, warnings };
  const lateBlockers = await ports.lastLook();
  if (lateBlockers.length > 0) return { outcome: 'refused', blockers: lateBlockers, warnings };
  if (request.dryRun) {
    const planned = { BrokerId: primary.brokerId };
    return {
      outcome: 'dry-run',
      plannedWrites: [{ service: 'mq', operation: 'RebootBroker', region: primary.region, request: planned }],
    };
  }

  if (isOpen(newest)) await ports.control.settleIntent(newest, 'not-effective');
  const sequence = (newest?.sequence ?? 0) + 1;
  const intent: Intent = {
    pair: request.pair,
    operation: 'RebootBroker',
    sequence,
    decision: decisionId('reboot-primary', request.pair, primary.brokerId, String(sequence)),
    subject: primary.brokerId,
    status: 'issuing',
    executionArn: request.executionArn,
    openedAtMs: request.nowMs,
  };
  await issueWrite(intent, ports.control, () => ports.brokers.reboot(request.primary));
  return { outcome: 'issued' };
};
