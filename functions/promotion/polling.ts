import type { DrainForecast } from './drain-forecast.ts';

/** DescribeBroker may be read this often: the account shares 15 calls a second. docs/amazon-mq.md 8. */
const shortestSeconds = 5;

/** Metrics arrive once a minute, so looking more rarely than that only delays the forecast. */
const usualLongestSeconds = 60;

/**
 * While more than an hour is forecast, two minutes: a look costs nine history events, and a drain of 24 hours must stay
 * within half of an execution's 25,000.
 */
const distantLongestSeconds = 120;
const distantSeconds = 3_600;

/**
 * The rate may rise fourfold between two looks without the end being missed. The newest point is one to three minutes
 * old, so the rate may have risen at the look before as well: the end may come after a sixteenth of the time forecast
 * at that point.
 */
const rateChangeFactor = 16;

/** Without a forecast: every 5 s while a healthy exchange may complete (it takes some 10 s), then more rarely. */
const eagerSeconds = 120;
const patientSeconds = 600;

/**
 * Seconds until the next look at a running switchover.
 *
 * @param elapsedSeconds since the promotion was requested
 */
export const nextLookSeconds = (forecast: DrainForecast | undefined, elapsedSeconds: number): number => {
  if (forecast === undefined) {
    if (elapsedSeconds <= eagerSeconds) return shortestSeconds;
    if (elapsedSeconds <= patientSeconds) return 3 * shortestSeconds;
    return elapsedSeconds <= distantSeconds ? usualLongestSeconds : distantLongestSeconds;
  }
  const { backlogEvents, ratePerSecond, pointAgeSeconds, remainingSeconds } = forecast;
  const longest = remainingSeconds > distantSeconds ? distantLongestSeconds : usualLongestSeconds;
  const earliestEndSeconds = backlogEvents / ratePerSecond / rateChangeFactor - pointAgeSeconds;
  return Math.round(Math.min(longest, Math.max(shortestSeconds, earliestEndSeconds)));
};
