import { describe, expect, it } from 'vitest';
import { east, ReconcileStage, west } from '../support/reconcile-stage.ts';

const input = (more: Readonly<Record<string, unknown>> = {}) => ({ pair: 'orders', reason: 'test', ...more });

const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `m${index + 1}`);

const blockersOf = (end: { readonly output: Readonly<Record<string, unknown>> | undefined }): readonly string[] =>
  ((end.output?.blockers ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);

describe('reconcile', () => {
  it('reports what a queue holds by class and changes nothing', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await stage.sendIds('orders', 'work', ids(5));
      await stage.enter(east, 'work', ['m1', 'm4']);
      await stage.enter(east, 'work', ['m2'], 'C');
      const end = await stage.stage.run('reconcile', east, input());
      expect(end.output).toMatchObject({
        outcome: 'ReportOnly',
        result: { processed: 2, unprocessed: 2, uncertain: 1, expired: 0, removed: 0 },
      });
      expect(stage.idsIn('orders', 'work')).toEqual(ids(5));
    });
  });

  it('removes exactly what the ledger proves processed, after a copy, and leaves the rest in order', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await stage.sendIds('orders', 'work', ids(250));
      const processed = ids(250).filter((_, index) => index % 3 === 0);
      await stage.enter(east, 'work', processed);
      const end = await stage.stage.run('reconcile', east, input({ mode: 'auto' }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { removed: processed.length } });
      expect(stage.idsIn('orders', 'work')).toEqual(ids(250).filter((_, index) => index % 3 !== 0));
      expect(stage.idsIn('orders', 'mq-dr.quarantine.work')).toEqual(processed);
    });
  });

  it('repairs by a manifest, and refuses one of another epoch', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await stage.sendIds('orders', 'work', ids(3));
      await stage.enter(east, 'work', ['m2']);
      const report = await stage.stage.run('reconcile', east, input());
      const manifest = report.output?.manifest;
      const repair = await stage.stage.run('reconcile', east, input({ mode: 'repair', manifest }));
      expect(repair.output).toMatchObject({ outcome: 'Reconciled', result: { removed: 1 } });
      expect(stage.idsIn('orders', 'work')).toEqual(['m1', 'm3']);
      await stage.stage.run('failover', west, { ...input(), acceptDataLoss: true });
      const late = await stage.stage.run('reconcile', west, input({ mode: 'repair', manifest }));
      expect(blockersOf(late)).toEqual(['MANIFEST_UNKNOWN']);
      const onOldPrimary = await stage.stage.run('reconcile', east, input({ mode: 'repair', manifest }));
      expect(blockersOf(onOldPrimary)).toContain('MANIFEST_STALE');
    });
  });
});
