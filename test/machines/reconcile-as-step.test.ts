import { describe, expect, it } from 'vitest';
import { codesIn, fillWork, idsUpTo, lockOf, runInput } from '../support/reconcile-runs.ts';
import { east, ReconcileStage } from '../support/reconcile-stage.ts';

describe('reconcile as a step of another run', () => {
  const parentRun = (fence: number, more: Readonly<Record<string, unknown>> = {}) => ({
    executionArn: 'arn:parent',
    startTime: '2026-01-05T09:00:00Z',
    fence,
    ...more,
  });

  const underLock = async (stage: ReconcileStage): Promise<number> => {
    const { clock } = stage.stage.stage;
    const { lock } = await stage.stage.guardTable('PAIR#orders').acquire('arn:parent', 'failover', clock.nowMs());
    return lock.fence;
  };

  it('uses the lock of that run, and does not give it back', async () => {
    const stage = await ReconcileStage.create({ afterPromotion: 'auto' });
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const fence = await underLock(stage);
      const end = await stage.stage.run(
        'reconcile',
        east,
        runInput({ mode: 'configured', parentRun: parentRun(fence) }),
      );
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { removed: 1 } });
      expect(await lockOf(stage)).toMatchObject({ owner: 'arn:parent', purpose: 'failover', fence });
    });
  });

  it('does what an automatic run may do as well: the promotion has passed the gates', async () => {
    const stage = await ReconcileStage.create({ afterPromotion: 'auto' });
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const run = parentRun(await underLock(stage), { automatic: true });
      const end = await stage.stage.run('reconcile', east, runInput({ mode: 'configured', parentRun: run }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { removed: 1 } });
    });
  });

  it('stops when that run has lost its lock', async () => {
    const stage = await ReconcileStage.create({ afterPromotion: 'auto' });
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const fence = await underLock(stage);
      const asked = runInput({ mode: 'configured', parentRun: parentRun(fence) });
      const { clock } = stage.stage.stage;
      await stage.stage.guardTable('PAIR#orders').acquire('arn:rival', 'failover', clock.nowMs(), ['failover']);
      const end = await stage.stage.run('reconcile', east, asked);
      // The gate sees the rival's lock.
      expect(codesIn(end, 'blockers')).toEqual(['LOCK_HELD']);
      await stage.stage.guardTable('PAIR#orders').release('arn:rival');
      const late = await stage.stage.run('reconcile', east, asked);
      expect(late).toMatchObject({ status: 'FAILED', error: 'LockLost' });
      expect(stage.idsIn('orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it.each([
    ['the settings ask for nothing', { afterPromotion: 'off' }, /ask for nothing/],
    ['the pair has no ledger', undefined, /no ledger/],
  ])('is skipped when %s', async (_what, settings, because) => {
    const stage = await ReconcileStage.create(settings ?? {});
    if (settings === undefined) stage.stage.configure({});
    await stage.stage.play(async () => {
      const end = await stage.stage.run('reconcile', east, runInput({ mode: 'configured', parentRun: parentRun(1) }));
      expect(end.output).toMatchObject({ outcome: 'Skipped', because: expect.stringMatching(because) });
      expect(end.states).not.toContain('AcquireLock');
    });
  });
});
