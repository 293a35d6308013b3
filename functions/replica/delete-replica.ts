import type { WriteOutcome } from '../aws/write-outcome.ts';
import type { BrokerAddress } from '../brokers/broker-address.ts';
import type { BrokerReader, BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import { dueUnless, guardedWrite, type WriteResult, type WriteStep } from '../control/guarded-write.ts';
import {
  type IntendedWrite,
  intentJournal,
  type PairWritePorts,
  settleMs,
  showsWithinMs,
} from '../control/intent-journal.ts';
import type { Finding } from '../runtime/finding.ts';
import { type RemovableReading, readRemovable, ties } from './unpairing.ts';

/** What deleting a replica reads and writes. */
export interface DeletionPorts extends PairWritePorts {
  readonly brokers: Pick<BrokerReader, 'describe'> & { delete(address: BrokerAddress): Promise<WriteOutcome> };
}

export interface DeletionRequest {
  readonly pair: string;
  readonly primary: BrokerAddress;
  readonly replica: BrokerAddress;
  /** The id that the run's input names. */
  readonly replicaBrokerId: string;
  readonly executionArn: string;
  readonly dryRun: boolean;
}

type Deletion = { readonly outcome: 'issued' | 'deleting' | 'gone' };

/** What speaks against the deletion: both must be ordinary brokers, and the primary must be there. */
const deletionBlockers = (
  { replica: { brokerId }, replicaBrokerId }: DeletionRequest,
  replica: BrokerSnapshot,
  primary: BrokerSnapshot,
): Finding[] => {
  const left = [...ties('the replica', replica), ...ties('the primary', primary)];
  const wrongTarget: Finding = {
    code: 'DELETE_TARGET_NOT_REPLICA',
    message: `${replicaBrokerId} was not the replica`,
    evidence: { replicaBrokerId, replica: brokerId },
  };
  const message = `nothing is deleted until both are ordinary brokers: ${left.join('; ')}`;
  const tied: Finding = { code: 'STILL_TIED', message, evidence: { left } };
  return [...(brokerId === replicaBrokerId ? [] : [wrongTarget]), ...(left.length === 0 ? [] : [tied])];
};

const done = (outcome: 'deleting' | 'gone'): WriteStep<Deletion, never> => ({
  step: 'done',
  result: { outcome },
  openEnded: 'effective',
});

/** Whether the replica is gone or being deleted, cannot be judged, must not be deleted, or is still to be. */
const decideDeletion = async (
  request: DeletionRequest,
  replica: RemovableReading,
  readPrimary: () => Promise<BrokerSnapshot>,
): Promise<WriteStep<Deletion, IntendedWrite>> => {
  if (replica.gone === true) return done('gone');
  if (!replica.known) {
    const message = `the replica cannot be read: ${replica.reason}`;
    return { step: 'refused', blockers: [{ code: 'REPLICA_UNREADABLE', message, evidence: {} }], warnings: [] };
  }
  if (replica.broker.state === 'DELETION_IN_PROGRESS') return done('deleting');
  const { region, brokerId } = request.replica;
  return dueUnless(
    { blockers: deletionBlockers(request, replica.broker, await readPrimary()), warnings: [] },
    {
      write: { subject: brokerId },
      plannedWrites: [{ service: 'mq', operation: 'DeleteBroker', region, request: { BrokerId: brokerId } }],
    },
  );
};

/**
 * Deletes the former replica, at most once, and says how far that is; called again, it observes. Both brokers must be
 * ordinary ones, and the primary must be there: the only copy of a message is never deleted.
 *
 * @throws as `guardedWrite`, and what reading the primary throws
 */
export const deleteReplica = (request: DeletionRequest, ports: DeletionPorts): Promise<WriteResult<Deletion>> => {
  const { pair, executionArn, dryRun } = request;
  return guardedWrite({
    name: `DeleteBroker for ${pair}`,
    dryRun,
    ports,
    journal: intentJournal(ports, { pair, operation: 'DeleteBroker', executionArn, verb: 'delete-replica' }),
    settleMs,
    showsWithinMs,
    decide: async () => {
      const replica = await readRemovable(() => ports.brokers.describe(request.replica));
      return await decideDeletion(request, replica, () => ports.brokers.describe(request.primary));
    },
    call: () => ports.brokers.delete(request.replica),
    written: (): Deletion => ({ outcome: 'issued' }),
  });
};
