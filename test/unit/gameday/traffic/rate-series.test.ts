import { describe, expect, it } from 'vitest';
import { RateSeries, regroup } from '../../../../gameday/traffic/rate-series.ts';

describe('RateSeries', () => {
  it('counts by interval and shows empty intervals as zeros, so that gaps are seen', () => {
    const series = new RateSeries(1_000);
    series.count('confirmed', 1_200);
    series.count('confirmed', 1_999);
    series.count('processed', 4_000);
    expect(series.buckets().map(({ atMs, confirmed, processed }) => [atMs, confirmed, processed])).toEqual([
      [1_000, 2, 0],
      [2_000, 0, 0],
      [3_000, 0, 0],
      [4_000, 0, 1],
    ]);
  });

  it('adds intervals up without losing an event', () => {
    const series = new RateSeries(1_000);
    for (let atMs = 0; atMs < 90_000; atMs += 250) series.count('confirmed', atMs);
    const minutes = regroup(series.buckets(), 60_000);
    expect(minutes.map(({ atMs, confirmed }) => [atMs, confirmed])).toEqual([
      [0, 240],
      [60_000, 120],
    ]);
  });

  it('has nothing to show before the first event', () => {
    expect(new RateSeries(1_000).buckets()).toEqual([]);
  });
});
