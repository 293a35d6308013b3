import { describe, expect, it } from 'vitest';
import { idOf, isProcessed, numbersTo, regionOf } from '../../../../../tools/bench/reconcile/backlog.ts';
import { chunksOf } from '../../../../../tools/bench/reconcile/chunks.ts';
import { scanSynthetic } from '../../../../../tools/bench/reconcile/synthetic-scan.ts';
import { noonMs } from '../../../../support/brokers.ts';

describe('the backlog of the reconcile bench', () => {
  it('is processed to three tenths, spread over every batch and over both Regions', () => {
    for (const batch of chunksOf(numbersTo(1_000), 100)) expect(batch.filter(isProcessed).length).toBe(30);
    const regions = numbersTo(3_000).filter(isProcessed).map(regionOf);
    expect(new Set(regions).size).toBe(2);
    expect(regions.filter((region) => region === regionOf(0)).length).toBe(300);
  });

  it('has an id for each message', () => {
    expect(new Set(numbersTo(1_000).map(idOf)).size).toBe(1_000);
  });
});

describe('a synthetic scan', () => {
  it('classifies every message once, the last batch included', async () => {
    const { result } = await scanSynthetic(10_950, noonMs);
    expect(result).toMatchObject({
      complete: true,
      counts: { processed: 3_285, unprocessed: 7_665, uncertain: 0, expired: 0 },
      processedTwice: 0,
    });
    expect(result.parts.map(({ messages }) => messages)).toEqual([5_000, 5_000, 950]);
  });
});
