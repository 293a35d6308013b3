import { describe, expect, it } from 'vitest';
import {
  reconcileEnding,
  reconcileMessage,
  repairTotals,
} from '../../../functions/reconciliation/reconcile-outcome.ts';
import type { QueueRepair } from '../../../functions/reconciliation/repair-queue.ts';
import { scanTotals } from '../../../functions/reconciliation/scan-totals.ts';
import { manifest, queueScan } from '../../support/manifests.ts';

const finding = (code: string) => ({ code, message: `message of ${code}`, evidence: {} });
const counts = { processed: 0, unprocessed: 0, uncertain: 0, expired: 0 };

const repair = (changes: Partial<QueueRepair> = {}): QueueRepair => ({
  queue: 'work',
  removed: 2,
  gone: 1,
  complete: true,
  findings: [],
  deliveries: { before: 0, after: 1 },
  ...changes,
});

const totals = (...queues: Parameters<typeof queueScan>[0][]) =>
  scanTotals(manifest({ queues: queues.map(queueScan) }));

describe('the totals of a scan', () => {
  it('add up all queues', () => {
    const scan = totals(
      { counts: { processed: 1, unprocessed: 2, uncertain: 3, expired: 4 }, processedTwice: 1 },
      { counts: { processed: 10, unprocessed: 20, uncertain: 30, expired: 40 }, processedTwice: 2 },
    );
    expect(scan).toEqual({
      queues: 2,
      counts: { processed: 11, unprocessed: 22, uncertain: 33, expired: 44 },
      processedTwice: 3,
      complete: true,
      incompleteQueues: 0,
      findings: [],
    });
  });

  it('are of nothing without queues', () => {
    expect(totals()).toMatchObject({ queues: 0, counts, complete: true });
  });

  it('are incomplete with one incomplete queue, or with something uncovered', () => {
    expect(totals({}, { complete: false }, {})).toMatchObject({ complete: false, incompleteQueues: 1 });
    const uncovered = scanTotals(manifest({ uncovered: [finding('DURABLE_SUBSCRIPTIONS')] }));
    expect(uncovered).toMatchObject({
      complete: false,
      incompleteQueues: 0,
      findings: [{ code: 'DURABLE_SUBSCRIPTIONS' }],
    });
  });

  it('show what is uncovered first, and twenty findings at most: a state holds 256 KiB', () => {
    const scans = Array.from({ length: 1_000 }, () => queueScan({ findings: [finding('SEEN_MISMATCH')] }));
    const { findings } = scanTotals(manifest({ queues: scans, uncovered: [finding('DURABLE_SUBSCRIPTIONS')] }));
    expect(findings.length).toBe(20);
    expect(findings[0]?.code).toBe('DURABLE_SUBSCRIPTIONS');
  });
});

describe('the totals of a repair', () => {
  it('add up all queues', () => {
    expect(repairTotals([repair(), repair({ removed: 5, gone: 0, findings: [finding('WALK_REMARK')] })])).toEqual({
      removed: 7,
      gone: 1,
      complete: true,
      findings: [finding('WALK_REMARK')],
    });
    expect(repairTotals([repair(), repair({ complete: false })]).complete).toBe(false);
    expect(repairTotals([])).toEqual({ removed: 0, gone: 0, complete: true, findings: [] });
  });

  it('show twenty findings at most', () => {
    const repairs = Array.from({ length: 50 }, () => repair({ findings: [finding('WALK_REMARK')] }));
    expect(repairTotals(repairs).findings.length).toBe(20);
  });
});

describe('the ending of a run', () => {
  const complete = { complete: true };
  const incomplete = { complete: false };
  const repaired = repairTotals([repair()]);
  const halfRepaired = repairTotals([repair({ complete: false })]);

  it.each([
    ['report', complete, undefined, 'ReportOnly'],
    ['report', incomplete, undefined, 'Incomplete'],
    ['auto', complete, repaired, 'Reconciled'],
    ['auto', incomplete, repaired, 'Incomplete'],
    ['auto', complete, halfRepaired, 'Incomplete'],
    ['repair', complete, repaired, 'Reconciled'],
    ['repair', incomplete, repaired, 'Incomplete'],
    ['repair', complete, halfRepaired, 'Incomplete'],
  ] as const)('of mode %s after a scan that is %o and a repair that is %o is %s', (mode, scan, repairs, ending) => {
    expect(reconcileEnding(mode, scan, repairs)).toBe(ending);
  });
});

describe('what people are told', () => {
  const news = (about: Partial<Parameters<typeof reconcileMessage>[0]> = {}) =>
    reconcileMessage({
      pair: 'orders',
      ending: 'Reconciled',
      manifest: 'abc',
      scan: totals({ counts: { ...counts, processed: 3, unprocessed: 4 } }),
      repair: repairTotals([repair({ removed: 3, gone: 0 })]),
      ...about,
    });

  it('is nothing after a repair of everything, and after a report of nothing to repair', () => {
    expect(news()).toBeUndefined();
    const quiet = totals({ counts: { ...counts, unprocessed: 9, expired: 2 } });
    expect(news({ ending: 'ReportOnly', scan: quiet, repair: undefined })).toBeUndefined();
  });

  it('is how to remove what a report proves processed', () => {
    const { subject, lines } = news({ ending: 'ReportOnly', repair: undefined }) ?? { lines: [] };
    expect(subject).toBe('mq-dr ACT TODAY: orders reconciled: 3 processed but still queued');
    expect(lines).toEqual([
      'Queues: 1. Messages: 3 already processed, 4 unprocessed, 0 uncertain, 0 expired.',
      'Nothing was removed. To remove what is proven processed, start reconcile with mode "repair" and the manifest below.',
      'Manifest: abc',
      expect.stringContaining('messages-reconciled'),
    ]);
  });

  it.each([
    ['messages that are uncertain', { counts: { ...counts, uncertain: 1 } }, '1 uncertain', '1 uncertain'],
    [
      'messages that were processed more than once',
      { processedTwice: 2 },
      '2 processed twice',
      'processed more than once: 2',
    ],
  ])('names %s although all was repaired', (_what, scan, leftover, expected) => {
    const found = news({ scan: totals({ counts, ...scan }) });
    expect(found?.subject).toBe(`mq-dr ACT TODAY: orders reconciled: ${leftover}`);
    expect(found?.lines.join('\n')).toContain(expected);
    expect(found?.lines.join('\n')).toContain('Moved to the quarantine: 3; consumed by others before the repair: 0.');
  });

  it('names every finding of an incomplete run', () => {
    const found = news({
      ending: 'Incomplete',
      scan: totals({ counts, complete: false, findings: [finding('SEEN_MISMATCH')] }),
      repair: repairTotals([repair({ complete: false, findings: [finding('REMOVAL_MISMATCH')] })]),
    });
    expect(found?.subject).toBe('mq-dr ACT TODAY: reconciliation of orders incomplete');
    expect(found?.lines).toContain('- SEEN_MISMATCH: message of SEEN_MISMATCH');
    expect(found?.lines).toContain('- REMOVAL_MISMATCH: message of REMOVAL_MISMATCH');
  });
});
