import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GaugePoint } from '../../functions/brokers/replication-gauges.ts';
import { forecastDrain } from '../../functions/promotion/drain-forecast.ts';
import { nextPollSeconds } from '../../functions/promotion/polling.ts';

/** Factors by which the rate changes from look to look; repeated when they run out. */
const factors = fc.array(fc.double({ min: 0.25, max: 4, noNaN: true }), { minLength: 1, maxLength: 40 });

interface Drain {
  /** How long it would take at its first rate. */
  readonly seconds: number;
  readonly firstRate: number;
  readonly factors: readonly number[];
}

const drain: fc.Arbitrary<Drain> = fc.record({
  seconds: fc.integer({ min: 1, max: 86_400 }),
  firstRate: fc.double({ min: 5, max: 5_000, noNaN: true }),
  factors,
});

/** Watches a drain whose size is known exactly at each look; returns how late its end is seen and every wait. */
const watch = ({ seconds, firstRate, factors: changes }: Drain): { lateSeconds: number; waits: number[] } => {
  let backlog = seconds * firstRate;
  let rate = firstRate;
  let nowSeconds = 60;
  // One point a minute before the first look gives the first rate.
  const points: GaugePoint[] = [
    { atMs: 0, value: backlog + rate * 60 },
    { atMs: 60_000, value: backlog },
  ];
  const waits: number[] = [];
  // A rate that only ever falls would never end the drain: it keeps a floor.
  const floor = firstRate / 10;
  for (let look = 0; look < 20_000; look++) {
    const wait = nextPollSeconds(forecastDrain(points, nowSeconds * 1_000), nowSeconds);
    waits.push(wait);
    rate = Math.max(floor, rate * (changes[look % changes.length] ?? 1));
    if (rate * wait >= backlog) return { lateSeconds: wait - backlog / rate, waits };
    backlog -= rate * wait;
    nowSeconds += wait;
    points.push({ atMs: nowSeconds * 1_000, value: backlog });
    if (points.length > 10) points.shift();
  }
  throw new Error('the drain did not end');
};

describe('adaptive polling', () => {
  it('sees the end of a drain within 10 s while the rate changes at most fourfold between two looks', () => {
    fc.assert(
      fc.property(drain, (given) => {
        expect(watch(given).lateSeconds).toBeLessThanOrEqual(10);
      }),
      { numRuns: 300 },
    );
  });

  it('waits between 5 and 120 s, whatever is forecast', () => {
    const forecast = fc.record({
      backlogEvents: fc.double({ min: 0, max: 1e12, noNaN: true }),
      ratePerSecond: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      pointAgeSeconds: fc.double({ min: 0, max: 100_000, noNaN: true }),
      remainingSeconds: fc.double({ min: 0, max: 1e12, noNaN: true }),
      confidence: fc.constantFrom('low', 'medium', 'high'),
    });
    fc.assert(
      fc.property(
        fc.option(forecast, { nil: undefined }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (given, elapsed) => {
          const seconds = nextPollSeconds(given, elapsed);
          expect(seconds).toBeGreaterThanOrEqual(5);
          expect(seconds).toBeLessThanOrEqual(120);
          expect(Number.isInteger(seconds)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the drain forecast', () => {
  const points = fc
    .array(fc.record({ gapSeconds: fc.integer({ min: 1, max: 600 }), value: fc.nat({ max: 10_000_000 }) }), {
      maxLength: 12,
    })
    .map((steps) => {
      let atMs = 0;
      return steps.map(({ gapSeconds, value }) => {
        atMs += gapSeconds * 1_000;
        return { atMs, value };
      });
    });

  it('is never negative and never anything but a number', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 20_000_000 }), (given, nowMs) => {
        const forecast = forecastDrain(given, nowMs);
        if (forecast === undefined) return;
        expect(forecast.remainingSeconds).toBeGreaterThanOrEqual(0);
        expect(forecast.ratePerSecond).toBeGreaterThan(0);
        expect(forecast.pointAgeSeconds).toBeGreaterThanOrEqual(0);
        for (const value of [forecast.remainingSeconds, forecast.ratePerSecond, forecast.pointAgeSeconds]) {
          expect(Number.isFinite(value)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
