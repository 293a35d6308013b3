import type { Clock } from '../runtime/clock.ts';

/** First back-off; doubled at each retry with full jitter. Two retries cost at most 0.3 s of a call's budget. */
const baseDelayMs = 100;
/** Throttled calls wait longer: the account shares 15 Amazon MQ calls a second; docs/amazon-mq.md 8. */
const throttledBaseDelayMs = 500;
const maxDelayMs = 5_000;

interface RetryToken {
  getRetryCount(): number;
  getRetryDelay(): number;
}

/**
 * The SDK's standard retry rules (only throttling and transient errors, exponential back-off with full jitter), but
 * sleeping on the given clock: the SDK's own strategies sleep in real time.
 */
export const clockRetryStrategy = (clock: Clock, random: () => number, maxAttempts: number) => {
  const token = (retries: number): RetryToken => ({ getRetryCount: () => retries, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async (): Promise<RetryToken> => token(0),
    refreshRetryTokenForRetry: async (
      previous: RetryToken,
      failure: { readonly errorType: string },
    ): Promise<RetryToken> => {
      const retries = previous.getRetryCount() + 1;
      const retryable = failure.errorType === 'THROTTLING' || failure.errorType === 'TRANSIENT';
      if (!retryable || retries >= maxAttempts) throw new Error('no retry token available');
      const baseMs = failure.errorType === 'THROTTLING' ? throttledBaseDelayMs : baseDelayMs;
      await clock.sleepMs(random() * Math.min(maxDelayMs, baseMs * 2 ** (retries - 1)));
      return token(retries);
    },
    recordSuccess: (): void => {},
  };
};
