import type { WriteOutcome } from '../aws/write-outcome.ts';
import type { BrokerAddress } from '../brokers/broker-address.ts';
import type { BrokerReader } from '../brokers/broker-snapshot.ts';
import { findMembers, type MemberRecords } from '../brokers/find-pair.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { dueUnless, guardedWrite, type WriteResult, type WriteStep } from '../control/guarded-write.ts';
import type { Intent, IntentReader } from '../control/intent.ts';
import {
  type IntendedWrite,
  intentJournal,
  type PairWritePorts,
  settleMs,
  showsWithinMs,
} from '../control/intent-journal.ts';
import { assessUnpair, phaseOf, plannedUnpairing, type UnpairFacts } from './unpair-gates.ts';
import type { UnpairInput } from './unpair-input.ts';
import { type UnpairSide, unpairSides } from './unpair-sides.ts';
import { readRemovable } from './unpairing.ts';

/** What deciding about the end of a pair reads. */
export interface UnpairReadPorts {
  readonly brokers: Pick<BrokerReader, 'describe'>;
  readonly control: MemberRecords & IntentReader;
}

/** What ending it also writes. */
export type UnpairPorts = UnpairReadPorts &
  PairWritePorts & { readonly brokers: { endReplication(address: BrokerAddress): Promise<WriteOutcome> } };

/**
 * Reads both brokers and the records that the end of the pair depends on.
 *
 * @param ending the pair's newest intent to end replication, read before
 * @param nowMs milliseconds since the Unix epoch
 * @throws NotFound for a pair without brokers, UnsafeTopology, and errors of the Control table
 */
export const gatherUnpairFacts = async (
  input: UnpairInput,
  pair: PairConfig,
  ending: Intent | undefined,
  nowMs: number,
  { brokers, control }: UnpairReadPorts,
): Promise<UnpairFacts> => {
  const [first, second] = await findMembers(pair, control);
  const members: readonly [UnpairSide, UnpairSide] = [
    { ref: first, reading: await readRemovable(() => brokers.describe(first)) },
    { ref: second, reading: await readRemovable(() => brokers.describe(second)) },
  ];
  const promotion = await control.readIntent(pair.name, 'Promote');
  const { protectedWindows } = pair;
  return { input, sides: unpairSides(members, ending), protectedWindows, promotion, nowMs };
};

type Unpairing = { readonly outcome: 'issued' | 'not-needed' };

/**
 * Whether the primary has been asked to end replication, must not be, or is still to be. A dry run plans all writes that
 * end the pair, so it is done only when none of them is left.
 */
const decideUnpair = (facts: UnpairFacts): WriteStep<Unpairing, IntendedWrite & { primary: BrokerAddress }> => {
  const phase = phaseOf(facts.sides);
  const asked = phase !== undefined && phase !== 'paired';
  const plannedWrites = plannedUnpairing(facts);
  if (asked && (!facts.input.dryRun || plannedWrites.length === 0)) {
    return { step: 'done', result: { outcome: 'not-needed' }, openEnded: 'effective' };
  }
  const { ref } = facts.sides.primary;
  return dueUnless(assessUnpair(facts), {
    write: { subject: ref.brokerId, primary: ref },
    plannedWrites,
    openEnded: asked ? 'effective' : undefined,
  });
};

/**
 * Asks the primary to end replication at its next reboot, at most once for one decision; an earlier request is
 * recognised by the mode that waits.
 *
 * @throws as `guardedWrite` and `gatherUnpairFacts`
 */
export const unpairPrimary = (
  input: UnpairInput,
  pair: PairConfig,
  executionArn: string,
  ports: UnpairPorts,
): Promise<WriteResult<Unpairing>> =>
  guardedWrite({
    name: `UpdateBroker NONE for ${pair.name}`,
    dryRun: input.dryRun,
    ports,
    journal: intentJournal(ports, { pair: pair.name, operation: 'UpdateBroker', executionArn, verb: 'unpair' }),
    settleMs,
    showsWithinMs,
    decide: async (newest) => decideUnpair(await gatherUnpairFacts(input, pair, newest, ports.clock.nowMs(), ports)),
    call: ({ primary }) => ports.brokers.endReplication(primary),
    written: (): Unpairing => ({ outcome: 'issued' }),
  });
