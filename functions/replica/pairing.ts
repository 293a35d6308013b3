import { type BrokerReading, type BrokerSnapshot, servingStates } from '../brokers/broker-snapshot.ts';

/** How far the pairing of two brokers is, as both of them show it. */
export type PairingPhase = 'unpaired' | 'pending' | 'rebooting' | 'paired';

export interface PairingJudgement {
  readonly phase: PairingPhase;
  /** What speaks against `paired`; empty when it is. */
  readonly missing: readonly string[];
}

const missingFor = (
  label: string,
  broker: BrokerSnapshot,
  role: 'primary' | 'replica',
  other: BrokerSnapshot | undefined,
): string[] => {
  const missing: string[] = [];
  if (broker.replicationMode !== 'CRDR')
    missing.push(`${label} has replication mode ${broker.replicationMode ?? 'none'}`);
  if (broker.pendingReplicationMode !== undefined) {
    missing.push(`${label} still has replication mode ${broker.pendingReplicationMode} pending`);
  }
  if (broker.role !== role) missing.push(`${label} has role ${broker.roleText ?? 'none'}`);
  if (!servingStates.includes(broker.state)) missing.push(`${label} is ${broker.state}`);
  if (other !== undefined && broker.counterpart?.brokerId !== other.brokerId) {
    missing.push(`${label} names ${broker.counterpart?.brokerId ?? 'nobody'} as its counterpart`);
  }
  return missing;
};

/** Judges a pairing by what both brokers say; a broker that cannot be read keeps it from being `paired`. */
export const judgePairing = (primary: BrokerSnapshot, replica: BrokerReading): PairingJudgement => {
  const other = replica.known ? replica.broker : undefined;
  const missing = [
    ...missingFor('the primary', primary, 'primary', other),
    ...(replica.known
      ? missingFor('the replica', replica.broker, 'replica', primary)
      : [`the replica cannot be read: ${replica.reason}`]),
  ];
  if (missing.length === 0) return { phase: 'paired', missing };
  const states = [primary.state, other?.state];
  if (states.includes('REBOOT_IN_PROGRESS')) return { phase: 'rebooting', missing };
  // A broker that reads CRDR with the other side still changing has its reboot behind it.
  if (primary.replicationMode === 'CRDR') return { phase: 'rebooting', missing };
  return { phase: primary.pendingReplicationMode === 'CRDR' ? 'pending' : 'unpaired', missing };
};
