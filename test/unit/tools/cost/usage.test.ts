import { describe, expect, it } from 'vitest';
import { pricesAsOf, unitPrices, usdOf } from '../../../../gameday/journal/unit-prices.ts';
import { itemsOf, sumOf, times, totalUsd, without } from '../../../../tools/cost/usage.ts';

describe('quantities', () => {
  it('are added, multiplied and taken away', () => {
    const sum = sumOf([{ events: 1 }, { events: 2, logGb: 3 }]);
    expect(sum).toEqual({ events: 3, logGb: 3 });
    expect(times(sum, 2)).toEqual({ events: 6, logGb: 6 });
    expect(without(sum, { logGb: 1 })).toEqual({ events: 3, logGb: 2 });
  });

  it('make a bill, dearest item first, without what was not used', () => {
    const usage = { stateTransitions: 1_000, dashboardMonths: 2, events: 0 };
    expect(itemsOf(usage)).toEqual([
      { item: 'dashboardMonths', quantity: 2, unit: 'dashboard-month', usd: 6 },
      { item: 'stateTransitions', quantity: 1_000, unit: 'transition', usd: 0.025 },
    ]);
    expect(totalUsd(usage)).toBe(6.025);
  });
});

describe('the prices', () => {
  it('name the day and the page that they come from', () => {
    expect(pricesAsOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    for (const { usd, per, source } of Object.values(unitPrices)) {
      expect(usd).toBeGreaterThan(0);
      expect(per).toBeGreaterThan(0);
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9/-]+\/$/);
    }
  });

  it('are for a number of units', () => {
    expect(usdOf('stateTransitions', 4_000)).toBeCloseTo(0.1);
    expect(usdOf('tableReads', 8_000_000)).toBeCloseTo(1);
  });
});
