import type { WriteOutcome } from '../aws/write-outcome.ts';
import type { BrokerAddress } from '../brokers/broker-address.ts';
import type { BrokerReader, BrokerReading, BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import type { ProtectedWindow } from '../config/protected-window.ts';
import { dueUnless, guardedWrite, type WriteResult, type WriteStep } from '../control/guarded-write.ts';
import {
  type IntendedWrite,
  intentJournal,
  type PairWritePorts,
  settleMs,
  showsWithinMs,
} from '../control/intent-journal.ts';
import { judgePairing } from './pairing.ts';
import { assessReboot, type RebootFacts } from './reboot-gate.ts';
import { judgeUnpairing } from './unpairing.ts';

/** What the reboot step reads and writes. */
export interface RebootPorts extends PairWritePorts {
  readonly brokers: BrokerReader & { reboot(address: BrokerAddress): Promise<WriteOutcome> };
}

/** What the reboot is for: it begins replication, or ends it. */
export type RebootPurpose = 'pair' | 'unpair';

export interface RebootRequest {
  readonly purpose: RebootPurpose;
  readonly pair: string;
  readonly primary: BrokerAddress;
  readonly replica: BrokerAddress;
  readonly protectedWindows: readonly ProtectedWindow[];
  readonly executionArn: string;
  readonly dryRun: boolean;
}

type Reboot = { readonly outcome: 'issued' | 'not-needed' };

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

/** Whether the reboot is behind, cannot be judged yet, must not happen now, or is due. */
const decideReboot = (purpose: RebootPurpose, facts: RebootFacts): WriteStep<Reboot, IntendedWrite> => {
  const { primary, replica } = facts;
  const { brokerId, region } = primary;
  switch (needOf(purpose, primary, replica)) {
    case 'not-yet':
      return { step: 'wait', because: `${brokerId} does not show yet that its replication must end` };
    case 'behind':
      return { step: 'done', result: { outcome: 'not-needed' }, openEnded: 'effective' };
    case 'due':
      return dueUnless(assessReboot(facts), {
        write: { subject: brokerId },
        plannedWrites: [{ service: 'mq', operation: 'RebootBroker', region, request: { BrokerId: brokerId } }],
      });
  }
};

/**
 * Reboots the primary once for the pending change of the replication mode, and only the primary: the service reboots
 * the replica with it.
 *
 * @throws as `guardedWrite`; it is also too early while the end of replication, which the reboot is for, cannot be seen
 */
export const rebootPrimary = (request: RebootRequest, ports: RebootPorts): Promise<WriteResult<Reboot>> => {
  const { pair, purpose, executionArn, dryRun, protectedWindows } = request;
  return guardedWrite({
    name: `RebootBroker for ${pair}`,
    dryRun,
    ports,
    journal: intentJournal(ports, { pair, operation: 'RebootBroker', executionArn, verb: 'reboot-primary' }),
    settleMs,
    showsWithinMs,
    decide: async () => {
      const primary = await ports.brokers.describe(request.primary);
      const replica = await ports.brokers.tryDescribe(request.replica);
      return decideReboot(purpose, { primary, replica, protectedWindows, nowMs: ports.clock.nowMs() });
    },
    call: () => ports.brokers.reboot(request.primary),
    written: (): Reboot => ({ outcome: 'issued' }),
  });
};
