import type { BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import { decisionId } from '../control/decision-id.ts';
import { type Intent, type IntentOperation, isOpen } from '../control/intent.ts';
import { type IntentRecords, issueWrite, type LastLook } from '../control/issue-write.ts';
import { OutcomeUnknown } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import { readRemovable, ties } from './unpairing.ts';

interface Address {
  readonly region: string;
  readonly brokerId: string;
}

/** What deleting a replica reads and writes; `shared/adapters` has the real ones. */
export interface DeletionPorts {
  readonly brokers: {
    describe(address: Address): Promise<BrokerSnapshot>;
    delete(
      address: Address,
    ): Promise<
      { readonly outcome: 'done'; readonly answer: unknown } | { readonly outcome: 'unknown'; readonly reason: string }
    >;
  };
  readonly control: IntentRecords & {
    readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined>;
  };
  readonly lastLook: LastLook;
}

export interface DeletionRequest {
  readonly pair: string;
  readonly primary: Address;
  readonly replica: Address;
  /** The id that the run's input names. */
  readonly replicaBrokerId: string;
  readonly executionArn: string;
  readonly nowMs: number;
}

export type DeletionStep =
  | { readonly outcome: 'issued' | 'deleting' | 'gone' }
  | { readonly outcome: 'refused'; readonly blockers: readonly Finding[]; readonly warnings: readonly Finding[] };

/**
 * How long after an unconfirmed request a broker that still reads RUNNING counts as not being deleted. The state changes
 * with the call; one minute leaves room for a slow answer (8 s) and a stale read.
 */
export const deletionSettleMs = 60_000;

const finding = (code: string, message: string, evidence: Finding['evidence']): Finding => ({
  code,
  message,
  evidence,
});

/** What speaks against the deletion: the guard right before it. */
const deletionBlockers = (
  { replica, replicaBrokerId }: DeletionRequest,
  broker: BrokerSnapshot,
  primary: BrokerSnapshot,
): Finding[] => {
  const left = [...ties('the replica', broker), ...ties('the primary', primary)];
  return [
    ...(replica.brokerId === replicaBrokerId
      ? []
      : [
          finding('DELETE_TARGET_NOT_REPLICA', `${replicaBrokerId} is not the broker that was the replica`, {
            replicaBrokerId,
            replica: replica.brokerId,
          }),
        ]),
    ...(left.length === 0
      ? []
      : [finding('STILL_TIED', `nothing is deleted before both are ordinary brokers: ${left.join('; ')}`, { left })]),
  ];
};

/**
 * Deletes the former replica, at most once, and tells how far that is; called again, it looks. Both brokers must be
 * ordinary ones, and the primary must be there: the only copy of a message is never deleted.
 *
 * @throws OutcomeUnknown while an unconfirmed request is too young to be judged, and as `issueWrite`
 */
export const deleteReplica = async (request: DeletionRequest, ports: DeletionPorts): Promise<DeletionStep> => {
  const { brokers, control } = ports;
  const newest = await control.readIntent(request.pair, 'DeleteBroker');
  const reading = await readRemovable(() => brokers.describe(request.replica));
  const gone = !reading.known && reading.gone === true;
  if (gone || (reading.known && reading.broker.state === 'DELETION_IN_PROGRESS')) {
    if (isOpen(newest)) await control.settleIntent(newest, 'effective');
    return { outcome: gone ? 'gone' : 'deleting' };
  }
  if (!reading.known) {
    const unreadable = finding('REPLICA_UNREADABLE', `the replica cannot be read: ${reading.reason}`, {});
    return { outcome: 'refused', blockers: [unreadable], warnings: [] };
  }
  const primary = await brokers.describe(request.primary);
  const blockers = deletionBlockers(request, reading.broker, primary);
  if (blockers.length === 0) blockers.push(...(await ports.lastLook()));
  if (blockers.length > 0) return { outcome: 'refused', blockers, warnings: [] };

  if (isOpen(newest) && request.nowMs - newest.openedAtMs < deletionSettleMs) {
    throw new OutcomeUnknown(`the deletion of ${newest.subject} was asked for and cannot be seen yet`, {
      openedAtMs: newest.openedAtMs,
    });
  }
  if (isOpen(newest)) await control.settleIntent(newest, 'not-effective');
  const sequence = (newest?.sequence ?? 0) + 1;
  const { brokerId } = request.replica;
  const intent: Intent = {
    pair: request.pair,
    operation: 'DeleteBroker',
    sequence,
    decision: decisionId('delete-replica', request.pair, brokerId, String(sequence)),
    subject: brokerId,
    status: 'issuing',
    executionArn: request.executionArn,
    openedAtMs: request.nowMs,
  };
  await issueWrite(intent, control, () => brokers.delete(request.replica));
  return { outcome: 'issued' };
};
