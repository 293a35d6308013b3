import { describe, expect, it } from 'vitest';
import { assessUnpair, phaseOf, plannedUnpairing, type UnpairFacts } from '../../../functions/replica/unpair-gates.ts';
import { unpairInputSchema } from '../../../functions/replica/unpair-input.ts';
import type { RemovableReading } from '../../../functions/replica/unpairing.ts';
import {
  eastRef,
  known,
  noonMs,
  pairedEast,
  pairedWest,
  pendingEast,
  pendingWest,
  unreadable,
  westRef,
} from '../../support/brokers.ts';
import { earlierIntent } from '../../support/fake-ports.ts';

const input = (more: object = {}) =>
  unpairInputSchema.parse({ pair: 'orders', confirm: 'orders', reason: 'test', ...more });

const facts = (
  changes: Partial<UnpairFacts> = {},
  east: RemovableReading = known(pairedEast()),
  west: RemovableReading = known(pairedWest()),
): UnpairFacts => ({
  input: input(),
  sides: { primary: { ref: eastRef, reading: east }, replica: { ref: westRef, reading: west }, proven: true },
  protectedWindows: [],
  promotion: undefined,
  nowMs: noonMs,
  ...changes,
});

const blockersOf = (given: UnpairFacts) => assessUnpair(given).blockers.map(({ code }) => code);
const ordinary = { role: 'none', roleText: undefined, counterpart: undefined, replicationMode: 'NONE' } as const;
const deletion = { deleteReplica: true, replicaBrokerId: westRef.brokerId };
const gone = { known: false, reason: 'gone', gone: true } as const;

describe('assessUnpair', () => {
  it('lets a healthy pair end, and says what that costs', () => {
    expect(blockersOf(facts())).toEqual([]);
    const warnings = (more: object) => assessUnpair(facts({ input: input(more) })).warnings.map(({ code }) => code);
    expect(warnings({})).toEqual(['PROTECTION_ENDS', 'CLIENTS_DISCONNECT']);
    expect(warnings(deletion)).toEqual(['PROTECTION_ENDS', 'CLIENTS_DISCONNECT', 'REPLICA_DELETED']);
  });

  it.each([
    ['another name to confirm', facts({ input: input({ confirm: 'order' }) }), ['CONFIRM_MISMATCH']],
    [
      'the deletion of the primary',
      facts({ input: input({ deleteReplica: true, replicaBrokerId: eastRef.brokerId }) }),
      ['DELETE_TARGET_NOT_REPLICA'],
    ],
    [
      'a deletion when nobody knows which one was the replica',
      facts({ input: input(deletion), sides: { ...facts().sides, proven: false } }),
      ['DELETE_TARGET_UNPROVEN'],
    ],
    ['a primary that cannot be read', facts({}, unreadable()), ['PRIMARY_UNREADABLE']],
    ['a replica that cannot be read', facts({}, known(pairedEast()), unreadable()), ['REPLICA_UNREADABLE']],
    ['a replica that is gone although the pair stands', facts({}, known(pairedEast()), gone), ['REPLICA_UNREADABLE']],
    ['a primary that reboots', facts({}, known(pairedEast({ state: 'REBOOT_IN_PROGRESS' }))), ['PRIMARY_NOT_RUNNING']],
    ['a primary that reads REPLICA', facts({}, known(pairedEast({ state: 'REPLICA' }))), ['PRIMARY_NOT_RUNNING']],
    [
      'a replica in need',
      facts({}, known(pairedEast()), known(pairedWest({ actionsRequired: ['BROKER_OOM'] }))),
      ['ACTION_REQUIRED'],
    ],
    ['a change that waits', facts({}, known(pairedEast({ pendingChanges: ['user x: CREATE'] }))), ['CHANGES_PENDING']],
    [
      'a role that nobody knows',
      facts({}, known(pairedEast({ role: 'unknown', roleText: 'LEADER' }))),
      ['PRIMARY_NOT_PRIMARY'],
    ],
    [
      'a pair that has yet to begin',
      facts({}, known(pendingEast()), known(pendingWest())),
      ['PRIMARY_NOT_PRIMARY', 'REPLICATION_CHANGE_PENDING', 'REPLICA_NOT_REPLICA', 'REPLICATION_CHANGE_PENDING'],
    ],
    ['an open promotion', facts({ promotion: earlierIntent('Promote') }), ['PROMOTION_OPEN']],
    [
      'a protected window',
      facts({
        protectedWindows: [{ reason: 'noon', days: ['wednesday'], startUtc: '11:00', durationMinutes: 120 }],
      }),
      ['PROTECTED_WINDOW'],
    ],
  ] as const)('refuses %s', (_label, given, codes) => {
    expect(blockersOf(given)).toEqual(codes);
  });

  it('accepts a steady replica in either state, and a promotion that is settled', () => {
    expect(blockersOf(facts({}, known(pairedEast()), known(pairedWest({ state: 'REPLICA' }))))).toEqual([]);
    const promotion = earlierIntent('Promote', { status: 'settled', settledAs: 'effective' });
    expect(blockersOf(facts({ promotion }))).toEqual([]);
  });

  it('judges only the input once the reboot is behind or runs', () => {
    const ended = (more: object) =>
      facts(
        { input: input(more) },
        known(pairedEast({ ...ordinary, pendingChanges: ['x'] })),
        known(pairedWest(ordinary)),
      );
    expect(blockersOf(ended({}))).toEqual([]);
    expect(blockersOf(ended({ confirm: 'x' }))).toEqual(['CONFIRM_MISMATCH']);
    const rebooting = pairedEast({ pendingReplicationMode: 'NONE', state: 'REBOOT_IN_PROGRESS' });
    expect(blockersOf(facts({}, known(rebooting)))).toEqual([]);
    expect(phaseOf(facts({}, known(rebooting)).sides)).toBe('rebooting');
  });
});

describe('plannedUnpairing', () => {
  const planned = (given: UnpairFacts) =>
    plannedUnpairing(given).map(({ operation, region }) => `${operation} ${region}`);

  it('lists what is left to do', () => {
    const ending = pairedEast({ pendingReplicationMode: 'NONE' });
    const [update, reboot, remove] = ['UpdateBroker us-east-1', 'RebootBroker us-east-1', 'DeleteBroker us-west-2'];
    expect(planned(facts())).toEqual([update, reboot]);
    expect(planned(facts({ input: input(deletion) }))).toEqual([update, reboot, remove]);
    expect(planned(facts({ input: input(deletion) }, known(ending)))).toEqual([reboot, remove]);
    const standalone = known(pairedEast(ordinary));
    expect(planned(facts({ input: input(deletion) }, standalone, known(pairedWest(ordinary))))).toEqual([remove]);
    expect(planned(facts({ input: input(deletion) }, standalone, gone))).toEqual([]);
  });
});

describe('unpairInputSchema', () => {
  it.each([{ deleteReplica: true }, { replicaBrokerId: 'b-1' }, { deleteReplica: true, replicaBrokerId: 'orders' }])(
    'refuses %o',
    (more) => {
      expect(() => input(more)).toThrow('replicaBrokerId');
    },
  );
});
