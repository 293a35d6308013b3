import { describe, expect, it } from 'vitest';
import { appliedByReboot, assessReboot, type RebootFacts } from '../../../functions/replica/reboot-gate.ts';
import { known, noonMs, pendingEast, pendingWest, unreadable } from '../../support/brokers.ts';

const facts = (changes: Partial<RebootFacts> = {}): RebootFacts => ({
  primary: pendingEast(),
  replica: known(pendingWest()),
  protectedWindows: [],
  nowMs: noonMs,
  ...changes,
});

const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);

describe('assessReboot', () => {
  it('always warns that clients are disconnected', () => {
    const { blockers, warnings } = assessReboot(facts());
    expect(blockers).toEqual([]);
    expect(codes(warnings)).toEqual(['CLIENTS_DISCONNECT']);
  });

  it('accepts a steady replica that reads REPLICA, but no such primary', () => {
    expect(assessReboot(facts({ replica: known(pendingWest({ state: 'REPLICA' })) })).blockers).toEqual([]);
    const primary = pendingEast({ state: 'REPLICA' });
    expect(codes(assessReboot(facts({ primary })).blockers)).toEqual(['PRIMARY_NOT_RUNNING']);
  });

  it.each<[string, RebootFacts]>([
    ['PRIMARY_NOT_RUNNING', facts({ primary: pendingEast({ state: 'CREATION_IN_PROGRESS' }) })],
    ['REPLICA_NOT_RUNNING', facts({ replica: known(pendingWest({ state: 'CREATION_IN_PROGRESS' })) })],
    ['ACTION_REQUIRED', facts({ primary: pendingEast({ actionsRequired: ['BROKER_OOM'] }) })],
    ['ACTION_REQUIRED', facts({ replica: known(pendingWest({ actionsRequired: ['BROKER_OOM'] })) })],
    ['REPLICA_UNREADABLE', facts({ replica: unreadable() })],
    [
      'PROTECTED_WINDOW',
      facts({
        protectedWindows: [{ reason: 'month end', days: ['wednesday'], startUtc: '11:30', durationMinutes: 60 }],
      }),
    ],
  ])('is blocked by %s alone', (code, given) => {
    expect(codes(assessReboot(given).blockers)).toEqual([code]);
  });

  it('lists every blocker at once', () => {
    const given = facts({
      primary: pendingEast({ state: 'CRITICAL_ACTION_REQUIRED', actionsRequired: ['BROKER_OOM'] }),
      replica: unreadable(),
      protectedWindows: [
        { reason: 'a', days: ['wednesday'], startUtc: '12:00', durationMinutes: 1 },
        { reason: 'b', days: ['tuesday'], startUtc: '13:00', durationMinutes: 1_440 },
        { reason: 'not now', days: ['wednesday'], startUtc: '12:01', durationMinutes: 60 },
      ],
    });
    expect(codes(assessReboot(given).blockers)).toEqual([
      'PRIMARY_NOT_RUNNING',
      'ACTION_REQUIRED',
      'REPLICA_UNREADABLE',
      'PROTECTED_WINDOW',
      'PROTECTED_WINDOW',
    ]);
  });

  it('lists what the reboot applies on both brokers, as a warning', () => {
    const given = facts({
      primary: pendingEast({ pendingChanges: ['engine version 5.18.4 → 5.18.6'] }),
      replica: known(pendingWest({ pendingChanges: ['user app: UPDATE'] })),
    });
    expect(appliedByReboot(given.primary, given.replica)).toEqual([
      'replication with the replica begins',
      'primary: engine version 5.18.4 → 5.18.6',
      'replica: user app: UPDATE',
    ]);
    const { blockers, warnings } = assessReboot(given);
    expect(blockers).toEqual([]);
    expect(codes(warnings)).toEqual(['CLIENTS_DISCONNECT', 'PENDING_CHANGES']);
    expect(warnings[1]?.message).toContain('replica: user app: UPDATE');
  });
});
