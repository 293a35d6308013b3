import type { DrainForecast } from './drain-forecast.ts';

/** DescribeBroker may be read this often: the account shares 15 calls a second. docs/amazon-mq.md 8. */
const shortestSeconds = 5;

/** Metrics arrive once a minute, so polling more rarely than that only delays the forecast. */
const usualLongestSeconds = 60;

/**
 * While more than an hour is forecast, two minutes: a poll costs nine history events, and a drain of 24 hours must stay
 * within half of an execution's 25,000.
 */
const distantLongestSeconds = 120;
const distantSeconds = 3_600;

/**
 * The rate may rise fourfold between two polls without the end being missed. The newest point is one to three minutes
 * old, so the rate may have risen at the poll before as well: the end may come after a sixteenth of the time forecast
 * at that point.
 */
const rateChangeFactor = 16;

/**
 * While more than ten minutes are forecast, no shorter than 15 s: even a sixteenfold rate leaves 37 s of them. At 5 s the last
 * 40 minutes of a long drain would take 500 polls, and a switchover has 1,000 (infra/catalogue.ts): 690 for a day at two
 * minutes, 19 at one, 125 at 15 s and 120 at 5 s are 954.
 */
const unhurriedSeconds = 15;
const nearEndSeconds = 600;

/** Without a forecast: every 5 s while a healthy exchange may complete (it takes some 10 s), then more rarely. */
const promptUntilSeconds = 120;
const unhurriedUntilSeconds = 600;

/**
 * Seconds until the next poll of a running switchover.
 *
 * @param elapsedSeconds since the promotion was requested
 */
export const nextPollSeconds = (forecast: DrainForecast | undefined, elapsedSeconds: number): number => {
  if (forecast === undefined) {
    if (elapsedSeconds <= promptUntilSeconds) return shortestSeconds;
    if (elapsedSeconds <= unhurriedUntilSeconds) return unhurriedSeconds;
    return elapsedSeconds <= distantSeconds ? usualLongestSeconds : distantLongestSeconds;
  }
  const { backlogEvents, ratePerSecond, pointAgeSeconds, remainingSeconds } = forecast;
  const longest = remainingSeconds > distantSeconds ? distantLongestSeconds : usualLongestSeconds;
  const earliestEndSeconds = backlogEvents / ratePerSecond / rateChangeFactor - pointAgeSeconds;
  const shortest = remainingSeconds > nearEndSeconds ? unhurriedSeconds : shortestSeconds;
  return Math.round(Math.min(longest, Math.max(shortest, earliestEndSeconds)));
};
