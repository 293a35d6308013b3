import { describe, expect, it } from 'vitest';
import type { BrokerReading, BrokerSnapshot } from '../../../functions/brokers/broker-snapshot.ts';
import { judgePairing } from '../../../functions/replica/pairing.ts';
import {
  known,
  pairedEast,
  pairedWest,
  pendingEast,
  pendingWest,
  unpairedEast,
  unreadable,
} from '../../support/brokers.ts';

const stranger = { brokerId: 'b-3333', region: 'us-east-2' };

describe('judgePairing', () => {
  it.each(['RUNNING', 'REPLICA'])('is paired when both say so and the replica reads %s', (state) => {
    expect(judgePairing(pairedEast(), known(pairedWest({ state })))).toEqual({ phase: 'paired', missing: [] });
  });

  it.each<[string, BrokerSnapshot, BrokerReading, RegExp]>([
    ['unpaired', unpairedEast(), known(pendingWest({ pendingReplicationMode: undefined })), /mode none/],
    ['pending', pendingEast(), known(pendingWest()), /mode CRDR pending/],
    ['pending', pendingEast(), unreadable(), /cannot be read: the Region/],
    ['rebooting', pendingEast({ state: 'REBOOT_IN_PROGRESS' }), known(pendingWest()), /primary is REBOOT_IN_PROGRESS/],
    ['rebooting', pendingEast(), known(pendingWest({ state: 'REBOOT_IN_PROGRESS' })), /replica is REBOOT_IN_PROGRESS/],
    ['rebooting', pairedEast(), known(pendingWest()), /replica has replication mode none/],
    ['rebooting', pairedEast(), unreadable(), /cannot be read/],
    ['rebooting', pairedEast({ role: 'unknown', roleText: 'LEADER' }), known(pairedWest()), /primary has role LEADER/],
    ['rebooting', pairedEast({ counterpart: stranger }), known(pairedWest()), /primary names b-3333/],
    ['rebooting', pairedEast(), known(pairedWest({ counterpart: undefined })), /replica names nobody/],
    ['rebooting', pairedEast({ pendingReplicationMode: 'NONE' }), known(pairedWest()), /mode NONE pending/],
  ])('is %s when the brokers say less', (phase, primary, replica, missing) => {
    const judgement = judgePairing(primary, replica);
    expect(judgement.phase).toBe(phase);
    expect(judgement.missing.join('\n')).toMatch(missing);
  });
});
