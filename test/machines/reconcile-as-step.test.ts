import { describe, expect, it } from 'vitest';
import { idsIn } from '../../testbed/messages.ts';
import { east } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { codesIn, fillWork, idsUpTo, lockOf, runInput } from '../support/reconcile-runs.ts';
import { createLedgerTestbed } from '../support/testbed.ts';

describe('reconcile as a step of another run', () => {
  const parentRun = (fence: number, more: Readonly<Record<string, unknown>> = {}) => ({
    executionArn: 'arn:parent',
    startTime: '2026-01-05T09:00:00Z',
    fence,
    ...more,
  });

  const underLock = async (testbed: Testbed): Promise<number> => {
    const { clock } = testbed;
    const { lock } = await testbed.operator.guards('PAIR#orders').acquire('arn:parent', 'failover', clock.nowMs());
    return lock.fence;
  };

  it('uses the lock of that run, and does not give it back', async () => {
    const testbed = await createLedgerTestbed({ afterPromotion: 'auto' });
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const fence = await underLock(testbed);
      const end = await testbed.run('reconcile', east, runInput({ mode: 'configured', parentRun: parentRun(fence) }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { removed: 1 } });
      expect(await lockOf(testbed)).toMatchObject({ owner: 'arn:parent', purpose: 'failover', fence });
    });
  });

  it('does what an automatic run may do as well: the promotion has passed the gates', async () => {
    const testbed = await createLedgerTestbed({ afterPromotion: 'auto' });
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const run = parentRun(await underLock(testbed), { automatic: true });
      const end = await testbed.run('reconcile', east, runInput({ mode: 'configured', parentRun: run }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { removed: 1 } });
    });
  });

  it('stops when that run has lost its lock', async () => {
    const testbed = await createLedgerTestbed({ afterPromotion: 'auto' });
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const fence = await underLock(testbed);
      const asked = runInput({ mode: 'configured', parentRun: parentRun(fence) });
      const { clock } = testbed;
      await testbed.operator.guards('PAIR#orders').acquire('arn:rival', 'failover', clock.nowMs(), ['failover']);
      const end = await testbed.run('reconcile', east, asked);
      // The gate sees the rival's lock.
      expect(codesIn(end, 'blockers')).toEqual(['LOCK_HELD']);
      await testbed.operator.guards('PAIR#orders').release('arn:rival');
      const late = await testbed.run('reconcile', east, asked);
      expect(late).toMatchObject({ status: 'FAILED', error: 'LockLost' });
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it.each([
    ['the settings ask for nothing', { afterPromotion: 'off' }, /disable reconciliation/],
    ['the pair has no ledger', undefined, /no ledger/],
  ])('is skipped when %s', async (_what, settings, because) => {
    const testbed = await createLedgerTestbed(settings ?? {});
    if (settings === undefined) testbed.configurePair('orders', {});
    await testbed.play(async () => {
      const end = await testbed.run('reconcile', east, runInput({ mode: 'configured', parentRun: parentRun(1) }));
      expect(end.output).toMatchObject({ outcome: 'Skipped', because: expect.stringMatching(because) });
      expect(end.states).not.toContain('AcquireLock');
    });
  });
});
