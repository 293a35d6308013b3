import { describe, expect, it } from 'vitest';
import type { Epoch } from '../../../functions/control/guards.ts';
import { desiredFence, type FenceFacts } from '../../../functions/cutover/desired-fence.ts';
import { asRole, known, noonMs, pairedWest, unreadable, westRef } from '../../support/brokers.ts';

const epoch: Epoch = {
  number: 2,
  mode: 'FAILOVER',
  primaryBrokerId: 'b-east',
  primaryRegion: 'us-east-1',
  promotedAtMs: noonMs - 600_000,
  executionArn: 'arn:run',
};
const primary = known(pairedWest(asRole('primary')));
const replica = known(pairedWest(asRole('replica')));
const there = (role: 'primary' | 'replica' | 'none' | 'unknown', ageMs = 30_000) => ({ role, atMs: noonMs - ageMs });

const desired = (changes: Partial<FenceFacts> & { readonly replicaSeenAtMs?: number }) => {
  const { replicaSeenAtMs, ...facts } = changes;
  const fence = {
    region: 'us-west-2',
    brokerId: westRef.brokerId,
    epoch: 2,
    status: 'carried-out',
    updatedAtMs: noonMs - 500_000,
    ...(replicaSeenAtMs !== undefined && { replicaSeenAtMs }),
  } as const;
  return desiredFence({ fence, here: primary, there: undefined, epoch, nowMs: noonMs, ...facts });
};

describe('desiredFence', () => {
  it('is down in front of the broker that the newest epoch names, whatever else is read', () => {
    const named = { ...epoch, number: 3, primaryBrokerId: westRef.brokerId };
    expect(desired({ epoch: named, here: unreadable('timed out') })).toBe('down');
    expect(desired({ epoch: named, there: there('primary') })).toBe('down');
  });

  it('is up in front of a replica, and nobody knows of a broker that cannot be read', () => {
    expect(desired({ here: replica })).toBe('up');
    expect(desired({ here: unreadable('timed out') })).toBe('unknown');
    expect(desired({ here: known(pairedWest({ role: 'none', roleText: undefined })) })).toBe('unknown');
  });

  it('stays up in front of an old primary that still calls itself primary', () => {
    expect(desired({})).toBe('up');
    expect(desired({ there: there('unknown') })).toBe('up');
    expect(desired({ there: there('primary') })).toBe('up');
    expect(desired({ there: there('primary'), replicaSeenAtMs: noonMs - 60_000 })).toBe('up');
  });

  it('comes down once the other broker is the replica, or this one has been one since', () => {
    expect(desired({ there: there('replica') })).toBe('down');
    expect(desired({ replicaSeenAtMs: noonMs - 60_000 })).toBe('down');
  });

  it('does not believe a heartbeat that is silent, or from before the promotion', () => {
    expect(desired({ there: there('replica', 180_001) })).toBe('up');
    const young = { ...epoch, promotedAtMs: noonMs - 35_000 };
    expect(desired({ there: there('replica'), epoch: young })).toBe('up');
  });
});
