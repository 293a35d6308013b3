import { describe, expect, it } from 'vitest';
import { scrubSecrets } from '../../../../gameday/journal/scrub.ts';
import { summaryOf } from '../../../../gameday/journal/summary.ts';
import { estimatedCostUsd } from '../../../../gameday/journal/unit-prices.ts';
import { sampleJournal } from '../report/sample-journal.ts';

const files = { journal: 'j', html: 'h', markdown: 'm' };

describe('summaryOf', () => {
  it('holds every key figure, computed from the journal', () => {
    const summary = summaryOf(sampleJournal(), files);
    expect(summary).toMatchObject({
      scenario: 'first-switchover',
      seed: 7,
      outcome: 'deviated',
      wallMs: 6_120,
      virtualMs: 2_950_000,
      messages: {
        confirmed: 10_228,
        processedOnce: 10_227,
        processedTwice: 1,
        lost: 0,
        stranded: 0,
        unknownOutcome: 2,
      },
      apiCalls: { 'mq:CreateBroker': 1, 'mq:DescribeBroker': 3, 'mq:Promote': 2 },
      cost: { stateTransitions: 106 },
      files,
    });
    expect(summary.workflows[0]).toEqual({
      name: 'create-replica',
      status: 'SUCCEEDED',
      transitions: 74,
      historyEvents: 210,
    });
    expect(summary.promotions[0]).toEqual({
      pair: 'orders',
      mode: 'SWITCHOVER',
      requestedAt: '2026-01-05T09:36:00.000Z',
      completedAt: '2026-01-05T09:36:09.000Z',
      detectedAt: '2026-01-05T09:36:10.700Z',
      detectionDelayMs: 1_700,
      unavailableMs: 9_500,
    });
  });

  it('counts each entered or retried Task state as an invocation', () => {
    const { cost } = summaryOf(sampleJournal(), files);
    expect(cost.lambdaInvocations).toBe(17);
    expect(cost.usd).toBeCloseTo(106 * 0.000025 + 17 * 0.0000002, 6);
    expect(estimatedCostUsd({ stateTransitions: 1_000, lambdaInvocations: 1_000_000 })).toBeCloseTo(0.225);
  });

  it('says null for what did not happen', () => {
    const journal = sampleJournal();
    const brokers = journal.records.brokers.slice(0, 7);
    const summary = summaryOf({ ...journal, records: { ...journal.records, brokers, verdicts: [] } }, files);
    expect(summary.promotions[0]).toMatchObject({ completedAt: null, detectedAt: null, detectionDelayMs: null });
  });
});

describe('scrubSecrets', () => {
  it('finds secrets at every depth, inside longer text and in keys', () => {
    const dirty = { a: ['x hunter2-long y', { 'hunter2-long': 1, n: null }], b: 'hunter2', c: 3 };
    const clean = scrubSecrets(dirty, ['hunter2', 'hunter2-long', '']);
    expect(clean).toEqual({ a: ['x [secret] y', { '[secret]': 1, n: null }], b: '[secret]', c: 3 });
  });
});
