import { describe, expect, it } from 'vitest';
import { OutageWatch } from '../../../../gameday/traffic/outages.ts';

describe('OutageWatch', () => {
  it('measures from the last success to the next one when something failed in between', () => {
    const watch = new OutageWatch(0);
    watch.succeeded(1_000);
    watch.failed(1_250);
    watch.failed(2_000);
    watch.succeeded(9_000);
    watch.succeeded(9_250);
    expect(watch.summary(10_000)).toEqual({
      longestMs: 8_000,
      totalMs: 8_000,
      outages: [{ fromMs: 1_000, firstFailureMs: 1_250, toMs: 9_000, failedAttempts: 2 }],
    });
  });

  it('takes a pause in which nobody tried for no outage', () => {
    const watch = new OutageWatch(0);
    watch.succeeded(1_000);
    watch.succeeded(600_000);
    expect(watch.summary(900_000)).toEqual({ longestMs: 0, totalMs: 0, outages: [] });
  });

  it('counts an outage that still lasts, and one that was there from the start', () => {
    const watch = new OutageWatch(500);
    watch.failed(600);
    watch.succeeded(2_500);
    watch.failed(3_000);
    const summary = watch.summary(7_500);
    expect(summary.outages.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [500, 2_500],
      [2_500, 7_500],
    ]);
    expect(summary).toMatchObject({ longestMs: 5_000, totalMs: 7_000 });
    expect(watch.summary(7_500)).toEqual(summary);
  });
});
