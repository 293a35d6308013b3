import { describe, expect, it } from 'vitest';
import type { DrainForecast } from '../../../functions/promotion/drain-forecast.ts';
import { nextPollSeconds } from '../../../functions/promotion/polling.ts';

const forecast = (backlogEvents: number, ratePerSecond: number, pointAgeSeconds = 0): DrainForecast => ({
  backlogEvents,
  ratePerSecond,
  pointAgeSeconds,
  remainingSeconds: Math.max(0, backlogEvents / ratePerSecond - pointAgeSeconds),
  confidence: 'high',
});

describe('nextPollSeconds', () => {
  it.each([
    ['120 s while more than an hour is forecast', forecast(3_601_000, 1_000), 120],
    ['60 s once an hour or less is forecast', forecast(3_600_000, 1_000), 60],
    ['a sixteenth of the forecast time', forecast(320_000, 1_000), 20],
    ['a sixteenth less the age of the point', forecast(320_000, 1_000, 10), 10],
    ['at least 15 s while more than ten minutes are forecast', forecast(751_000, 1_000, 150), 15],
    ['at least 5 s within the last ten minutes', forecast(750_000, 1_000, 150), 5],
    ['at least 5 s', forecast(1_000, 1_000), 5],
    ['5 s when the queue should be empty already', forecast(1_000, 1_000, 300), 5],
    ['5 s for an empty queue', forecast(0, 10), 5],
  ])('waits %s', (_label, given, seconds) => {
    expect(nextPollSeconds(given, 30)).toBe(seconds);
  });

  it.each([
    [0, 5],
    [120, 5],
    [121, 15],
    [600, 15],
    [601, 60],
    [3_600, 60],
    [3_601, 120],
  ])('without a forecast grows patient: %i s after the request it waits %i s', (elapsed, seconds) => {
    expect(nextPollSeconds(undefined, elapsed)).toBe(seconds);
  });
});
