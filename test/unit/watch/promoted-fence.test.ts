import { describe, expect, it } from 'vitest';
import type { Fence } from '../../../functions/control/fence.ts';
import { type PromotedFenceFacts, stepOfPromotedFence } from '../../../functions/watch/promoted-fence.ts';
import { asRole, known, noonMs, pairedWest, unreadable, westRef } from '../../support/brokers.ts';

const fence = (changes: Partial<Fence> = {}): PromotedFenceFacts['fence'] => ({
  known: true,
  value: {
    region: 'us-west-2',
    brokerId: westRef.brokerId,
    epoch: 2,
    status: 'carried-out',
    updatedAtMs: noonMs,
    attemptedAtMs: noonMs,
    ...changes,
  },
});
const noTable = { known: false, reason: 'no table' } as const;

const step = (changes: Partial<PromotedFenceFacts> = {}) =>
  stepOfPromotedFence({
    broker: known(pairedWest(asRole('primary'))),
    fence: fence(),
    guards: { known: true },
    hasHook: true,
    ...changes,
  });

describe('stepOfPromotedFence', () => {
  it('asks the hook of a fenced primary, whoever holds the lock, and also without the table', () => {
    const lock = { owner: 'arn:run', fence: 1, expiresAtMs: noonMs + 60_000, purpose: 'reconcile' };
    expect(step({ guards: { known: true, lock } })).toBe('ask-hook');
    expect(step({ fence: noTable, guards: noTable })).toBe('ask-hook');
  });

  it('has nothing to do where there is no fence, or none any more', () => {
    expect(step({ fence: { known: true, value: undefined } })).toBe('not-fenced');
    expect(step({ fence: fence({ status: 'undone' }) })).toBe('not-fenced');
  });

  it('leaves a fence that it may not or cannot lift, and says why', () => {
    const freeze = { reason: 'audit', by: 'ann', atMs: noonMs };
    expect(step({ guards: { known: true, freeze } })).toEqual({
      isFenced: 'yes',
      because: 'ann froze all writes: audit',
    });
    expect(step({ broker: known(pairedWest()) })).toMatchObject({
      isFenced: 'yes',
      because: expect.stringContaining('REPLICA'),
    });
    expect(step({ broker: unreadable('timed out'), fence: noTable })).toEqual({
      isFenced: 'maybe',
      because: 'timed out',
    });
    expect(step({ hasHook: false })).toMatchObject({ because: 'no hook is configured that could let the clients in' });
  });
});
