import { describe, expect, it } from 'vitest';
import { forecastDrain } from '../../../functions/promotion/drain-forecast.ts';
import { minutely, noonMs } from '../../support/brokers.ts';

const pointsOf = (values: readonly number[], ageMs = 60_000) => {
  const reading = minutely(values, ageMs);
  return reading.known ? reading.points : [];
};

describe('forecastDrain', () => {
  it.each<[string, readonly number[]]>([
    ['no points', []],
    ['a single point', [5_000]],
    ['a queue that stands still', [5_000, 5_000, 5_000]],
    ['a queue that grows', [1_000, 2_000, 3_000]],
  ])('forecasts nothing from %s', (_label, values) => {
    expect(forecastDrain(pointsOf(values), noonMs)).toBeUndefined();
  });

  it('counts the remaining time from now, not from the newest point', () => {
    expect(forecastDrain(pointsOf([18_000, 12_000]), noonMs)).toEqual({
      backlogEvents: 12_000,
      pointAgeSeconds: 60,
      ratePerSecond: 100,
      remainingSeconds: 60,
      confidence: 'low',
    });
  });

  it('says 0 when the queue should be empty already', () => {
    expect(forecastDrain(pointsOf([18_000, 12_000], 200_000), noonMs)?.remainingSeconds).toBe(0);
  });

  it('says nothing when the newest point is too old to speak for now', () => {
    expect(forecastDrain(pointsOf([18_000, 12_000], 240_001), noonMs)).toBeUndefined();
  });

  it('takes a point from the future as read now', () => {
    expect(forecastDrain(pointsOf([18_000, 12_000], -5_000), noonMs)?.pointAgeSeconds).toBe(0);
  });

  it('uses the faster of the newest and the average rate', () => {
    expect(forecastDrain(pointsOf([60_000, 54_000, 42_000]), noonMs)?.ratePerSecond).toBe(200);
    expect(forecastDrain(pointsOf([60_000, 42_000, 36_000]), noonMs)?.ratePerSecond).toBe(200);
  });

  it('still forecasts when the last minute alone has not shrunk', () => {
    expect(forecastDrain(pointsOf([60_000, 36_000, 36_000]), noonMs)?.ratePerSecond).toBe(200);
  });

  it('forgets what is older than six points', () => {
    const values = [900_000, 36_000, 30_000, 24_000, 18_000, 12_000, 6_000];
    expect(forecastDrain(pointsOf(values), noonMs)?.ratePerSecond).toBe(100);
  });

  it.each<['low' | 'medium' | 'high', readonly number[]]>([
    ['low', [30_000, 24_000]],
    ['medium', [36_000, 30_000, 24_000]],
    ['high', [36_000, 30_000, 24_000, 18_000]],
    ['high', [36_000, 30_000, 24_000, 15_000]],
    ['medium', [36_000, 30_000, 24_000, 14_999]],
    ['medium', [60_000, 54_000, 48_000, 24_000]],
    ['low', [60_000, 54_000, 48_000, 23_999]],
    ['low', [60_000, 50_000, 51_000, 40_000]],
  ])('has %s confidence in %j', (confidence, values) => {
    expect(forecastDrain(pointsOf(values), noonMs)?.confidence).toBe(confidence);
  });
});
