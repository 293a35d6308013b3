import { describe, expect, it } from 'vitest';
import {
  guardsFor,
  plannedRemovals,
  planReconciliation,
} from '../../../functions/reconciliation/plan-reconciliation.ts';
import { manifest, queueScan } from '../../support/manifests.ts';

const finding = (code: string) => ({ code, message: code, evidence: {} });

describe('the mode of a run', () => {
  it.each(['report', 'repair', 'auto'] as const)('is %s where the input says so, whatever the settings', (mode) => {
    expect(planReconciliation(mode, { afterPromotion: 'off' })).toEqual({ mode });
    expect(planReconciliation(mode, undefined)).toEqual({ mode });
  });

  it.each(['report', 'auto'] as const)('is %s after a promotion where the settings say so', (afterPromotion) => {
    expect(planReconciliation('configured', { afterPromotion })).toEqual({ mode: afterPromotion });
  });

  it('is none after a promotion where there is no ledger, or the settings ask for nothing', () => {
    expect(planReconciliation('configured', undefined)).toEqual({ skipped: 'the pair has no ledger' });
    expect(planReconciliation('configured', { afterPromotion: 'off' })).toMatchObject({
      skipped: expect.stringContaining('disable reconciliation'),
    });
  });
});

describe('the guards of a mode', () => {
  const guards = {
    blockers: ['LOCK_HELD', 'FROZEN', 'CONTROL_UNREACHABLE', 'FROZEN'].map(finding),
    warnings: [finding('ANTI_FLAP')],
  };

  it('let a report pass while the pair is frozen, and nothing else', () => {
    const { blockers, warnings } = guardsFor('report', guards);
    expect(blockers.map(({ code }) => code)).toEqual(['LOCK_HELD', 'CONTROL_UNREACHABLE']);
    expect(warnings).toEqual(guards.warnings);
  });

  it.each(['repair', 'auto'] as const)('all stop a %s', (mode) => {
    expect(guardsFor(mode, guards)).toEqual(guards);
  });
});

describe('the writes of a dry run', () => {
  it('are none for a report', () => {
    expect(plannedRemovals('report', 'us-east-1', undefined)).toEqual([]);
  });

  it('are known for a repair: the queues of the manifest with something to remove', () => {
    const counts = (processed: number) => ({ processed, unprocessed: 5, uncertain: 0, expired: 0 });
    const queues = [
      queueScan({ queue: 'a', counts: counts(3) }),
      queueScan({ queue: 'b', counts: counts(0) }),
      queueScan({ queue: 'c', counts: counts(1) }),
    ];
    const write = { service: 'amqp', operation: 'quarantine and accept', region: 'us-east-1' };
    expect(plannedRemovals('repair', 'us-east-1', manifest({ queues }))).toEqual([
      { ...write, request: { queue: 'a', messages: 3 } },
      { ...write, request: { queue: 'c', messages: 1 } },
    ]);
  });

  it('are listed for twenty queues at most: a state holds 256 KiB', () => {
    const queues = Array.from({ length: 1_000 }, (_, index) => queueScan({ queue: `q${index}` }));
    expect(plannedRemovals('repair', 'us-east-1', manifest({ queues })).length).toBe(20);
  });

  it('cannot be known before the scan where a run makes its own manifest', () => {
    expect(plannedRemovals('auto', 'us-east-1', undefined)).toMatchObject([{ request: { queues: 'all' } }]);
  });
});
