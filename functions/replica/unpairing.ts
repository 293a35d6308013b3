import type { BrokerReading, BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import { DrError, NotFound } from '../runtime/errors.ts';

/** A broker that was read, or why not; `gone` when the service says that it does not exist (any more). */
export type RemovableReading = BrokerReading & { readonly gone?: true };

/** Reads a broker that may have been deleted: only NotFound means that it is gone; a refused call does not. */
export const readRemovable = async (describe: () => Promise<BrokerSnapshot>): Promise<RemovableReading> => {
  try {
    return { known: true, broker: await describe() };
  } catch (error) {
    if (error instanceof NotFound) return { known: false, reason: error.message, gone: true };
    if (error instanceof DrError) return { known: false, reason: error.message };
    throw error;
  }
};

/**
 * How far the end of a pair is: `paired` nothing has been asked for · `pending` the end waits for the primary's reboot ·
 * `rebooting` that reboot runs · `standalone` both are ordinary brokers. docs/amazon-mq.md 6.
 */
export type UnpairingPhase = 'paired' | 'pending' | 'rebooting' | 'standalone';

export interface UnpairingJudgement {
  readonly phase: UnpairingPhase;
  /** What speaks against `standalone`; empty when both are. */
  readonly missing: readonly string[];
}

const takesPart = ({ role, replicationMode }: BrokerSnapshot): boolean => role !== 'none' || replicationMode === 'CRDR';

/** What keeps a broker from being an ordinary one, one line each. */
export const ties = (label: string, broker: BrokerSnapshot): readonly string[] => [
  ...(takesPart(broker) ? [`${label} still takes part in replication (${broker.roleText ?? 'no role'})`] : []),
  ...(broker.pendingReplicationMode === undefined
    ? []
    : [`${label} still has replication mode ${broker.pendingReplicationMode} pending`]),
  ...(broker.state === 'RUNNING' ? [] : [`${label} is ${broker.state}`]),
];

/** Judges the end of a pair by what both brokers say; a replica that is gone is no tie any more. */
export const judgeUnpairing = (primary: BrokerSnapshot, replica: RemovableReading): UnpairingJudgement => {
  const missing = [...ties('the primary', primary)];
  if (replica.known) {
    // A deletion that runs is past the point that matters here.
    if (replica.broker.state !== 'DELETION_IN_PROGRESS') missing.push(...ties('the replica', replica.broker));
  } else if (replica.gone !== true) missing.push(`the replica cannot be read: ${replica.reason}`);
  if (missing.length === 0) return { phase: 'standalone', missing };
  // A pair that has not begun yet; the primary need not show it. docs/amazon-mq.md 15.11.
  const begins = [primary, ...(replica.known ? [replica.broker] : [])].some(
    ({ pendingReplicationMode }) => pendingReplicationMode === 'CRDR',
  );
  if (begins) return { phase: 'paired', missing };
  if (!takesPart(primary)) return { phase: 'rebooting', missing };
  if (primary.pendingReplicationMode !== 'NONE') return { phase: 'paired', missing };
  return { phase: primary.state === 'REBOOT_IN_PROGRESS' ? 'rebooting' : 'pending', missing };
};
