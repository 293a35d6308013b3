import { describe, expect, it } from 'vitest';
import { fastestOf, figuresOf } from '../../../../../tools/bench/reconcile/figures.ts';

const seconds = { scan: 6, lookups: 5, drain: 4, repair: 8, removal: 16 };
const peaks = { scan: 150, scanOfTenth: 120, repair: 140, repairOfTenth: 130, synthetic: 145 };

describe('the figures of the reconcile bench', () => {
  it('compare the scan with the slower of drain and lookups', () => {
    expect(figuresOf(1_000, 300, seconds, peaks).scanRatio).toBe(1.2);
    expect(figuresOf(1_000, 300, { ...seconds, drain: 8 }, peaks).scanRatio).toBe(0.75);
  });

  it('compare rates of repair with the rate of the drain: what goes, and what is gone through', () => {
    const figures = figuresOf(1_000, 300, seconds, peaks);
    expect(figures).toMatchObject({ repairRatio: 0.25, repairPassRatio: 0.5 });
    expect(figures).toMatchObject({ drainedPerSecond: 250, removedPerSecond: 62.5, scannedPerSecond: 166.667 });
  });

  it('give the larger growth of memory, also where it is the repair’s', () => {
    expect(figuresOf(1_000, 300, seconds, peaks).rssGrowthMiB).toBe(30);
    expect(figuresOf(1_000, 300, seconds, { ...peaks, repair: 171 }).rssGrowthMiB).toBe(41);
    expect(figuresOf(1_000, 300, seconds, peaks).syntheticPeakRssMiB).toBe(145);
  });

  it('take the shortest time of each, from whatever round', () => {
    expect(
      fastestOf([
        { scan: 3, drain: 1 },
        { scan: 2, drain: 2 },
        { scan: 4, drain: 3 },
      ]),
    ).toEqual({ scan: 2, drain: 1 });
    expect(() => fastestOf([])).toThrow(RangeError);
  });
});
