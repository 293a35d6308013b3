import type { BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import { findMembers } from '../brokers/find-pair.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { decisionId } from '../control/decision-id.ts';
import { type Intent, type IntentOperation, isOpen } from '../control/intent.ts';
import { type IntentRecords, issueWrite, type LastLook } from '../control/issue-write.ts';
import { OutcomeUnknown } from '../runtime/errors.ts';
import type { Assessment, PlannedWrite } from '../runtime/finding.ts';
import { assessUnpair, phaseOf, plannedUnpairing, type UnpairFacts } from './unpair-gates.ts';
import type { UnpairInput } from './unpair-input.ts';
import { type UnpairSide, unpairSides } from './unpair-sides.ts';
import { readRemovable } from './unpairing.ts';

interface Address {
  readonly region: string;
  readonly brokerId: string;
}

/** What deciding about the end of a pair reads; `shared/adapters` has the real ones. */
export interface UnpairReadPorts {
  readonly brokers: { describe(address: Address): Promise<BrokerSnapshot> };
  readonly control: {
    readMembers(pair: string): Promise<readonly string[] | undefined>;
    readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined>;
  };
}

/** What ending it also writes. */
export interface UnpairPorts extends UnpairReadPorts {
  readonly brokers: UnpairReadPorts['brokers'] & {
    endReplication(
      address: Address,
    ): Promise<
      { readonly outcome: 'done'; readonly answer: unknown } | { readonly outcome: 'unknown'; readonly reason: string }
    >;
  };
  readonly control: UnpairReadPorts['control'] & IntentRecords;
  readonly lastLook: LastLook;
}

/**
 * Reads both brokers and the records that the end of the pair depends on.
 *
 * @param nowMs milliseconds since the Unix epoch
 * @throws NotFound for a pair without brokers, UnsafeTopology, and errors of the Control table
 */
export const gatherUnpairFacts = async (
  input: UnpairInput,
  pair: PairConfig,
  nowMs: number,
  { brokers, control }: UnpairReadPorts,
): Promise<UnpairFacts & { readonly ending: Intent | undefined }> => {
  const [first, second] = await findMembers(pair, control);
  const members: readonly [UnpairSide, UnpairSide] = [
    { ref: first, reading: await readRemovable(() => brokers.describe(first)) },
    { ref: second, reading: await readRemovable(() => brokers.describe(second)) },
  ];
  const ending = await control.readIntent(pair.name, 'UpdateBroker');
  const promotion = await control.readIntent(pair.name, 'Promote');
  const { protectedWindows } = pair;
  return { input, sides: unpairSides(members, ending), protectedWindows, promotion, nowMs, ending };
};

export type UnpairStep =
  | { readonly outcome: 'issued' | 'not-needed' }
  | { readonly outcome: 'dry-run'; readonly plannedWrites: readonly PlannedWrite[] }
  | ({ readonly outcome: 'refused' } & Assessment);

/**
 * How long after an unconfirmed request a primary that shows no end of its replication counts as not having been asked.
 * The pending mode shows with the call; one minute leaves room for a slow answer (8 s) and a stale read.
 */
export const unpairSettleMs = 60_000;

/**
 * Asks the primary to end replication at its next reboot, at most once for one decision: everything is read and judged
 * again right before, and an earlier request is recognised by the mode that waits.
 *
 * @throws OutcomeUnknown while an unconfirmed request is too young to be judged, as `issueWrite`, and as
 * `gatherUnpairFacts`
 */
export const unpairPrimary = async (
  input: UnpairInput,
  pair: PairConfig,
  run: { readonly executionArn: string; readonly nowMs: number },
  ports: UnpairPorts,
): Promise<UnpairStep> => {
  const { ending: newest, ...facts } = await gatherUnpairFacts(input, pair, run.nowMs, ports);
  const { blockers, warnings } = assessUnpair(facts);
  if (blockers.length > 0) return { outcome: 'refused', blockers, warnings };
  const lateBlockers = await ports.lastLook();
  if (lateBlockers.length > 0) return { outcome: 'refused', blockers: lateBlockers, warnings };
  if (input.dryRun) return { outcome: 'dry-run', plannedWrites: plannedUnpairing(facts) };

  if (phaseOf(facts.sides) !== 'paired') {
    if (isOpen(newest)) await ports.control.settleIntent(newest, 'effective');
    return { outcome: 'not-needed' };
  }
  if (isOpen(newest) && run.nowMs - newest.openedAtMs < unpairSettleMs) {
    throw new OutcomeUnknown(`the end of replication was asked of ${newest.subject} and cannot be seen yet`, {
      openedAtMs: newest.openedAtMs,
    });
  }
  if (isOpen(newest)) await ports.control.settleIntent(newest, 'not-effective');
  const primary = facts.sides.primary.ref;
  const sequence = (newest?.sequence ?? 0) + 1;
  const intent: Intent = {
    pair: pair.name,
    operation: 'UpdateBroker',
    sequence,
    decision: decisionId('unpair', pair.name, primary.brokerId, String(sequence)),
    subject: primary.brokerId,
    status: 'issuing',
    executionArn: run.executionArn,
    openedAtMs: run.nowMs,
  };
  await issueWrite(intent, ports.control, () => ports.brokers.endReplication(primary));
  return { outcome: 'issued' };
};
