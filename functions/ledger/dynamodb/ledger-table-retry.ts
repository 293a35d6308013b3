import { translateError } from '../../aws/translate-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import { DrError, ServiceUnavailable } from '../../runtime/errors.ts';

/**
 * How often one call is sent, and the first wait of its retries, doubled each time, with full jitter. Six retries wait
 * 1.6 s on average and 3.2 s at most; with seven calls that time out after 2 s each that is 17 s, which the shortest
 * sensible function or lease (30 s) leaves room for.
 */
const defaultAttempts = 7;
const baseDelayMs = 50;
/** What one call may take at most, by the time limits of the client, in milliseconds. */
const callTimeMs = 3_000;

/** What the calls to a table are sent with. */
export interface RetrySettings {
  readonly clock: Clock;
  /** A number in [0, 1), for jitter only. */
  readonly random: () => number;
  readonly region: string;
  readonly attempts?: number | undefined;
}

interface SendOptions {
  /** Errors that are answers: thrown as they are, at once. */
  readonly isExpected?: (error: unknown) => boolean;
  /** No repetition is begun that may go on after it, in milliseconds since the Unix epoch. */
  readonly untilMs?: number;
}

/**
 * Calls to DynamoDB that throttle, fail or do only a part of what they were asked, repeated with full jitter on the given
 * clock, a bounded number of times.
 */
export class TableCalls {
  readonly #settings: RetrySettings;
  readonly #attempts: number;

  constructor(settings: RetrySettings) {
    this.#settings = settings;
    this.#attempts = settings.attempts ?? defaultAttempts;
  }

  /**
   * Sends until it is answered.
   *
   * @throws ServiceUnavailable after the last attempt, AccessDenied, NotFound, RequestRejected
   */
  async send<T>(
    operation: string,
    subject: string,
    send: () => Promise<T>,
    { isExpected = () => false, untilMs = Number.POSITIVE_INFINITY }: SendOptions = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        if (error instanceof DrError || isExpected(error)) throw error;
        const named = translateError(error, { service: 'dynamodb', operation, region: this.#settings.region, subject });
        if (!(named instanceof ServiceUnavailable) || attempt >= this.#attempts) throw named;
        await this.#pause(attempt);
        if (this.#isTooLate(untilMs)) throw named;
      }
    }
  }

  /**
   * Sends a batch, and what each call leaves undone once more. A call that gets something done does not count as a failed
   * attempt, so that a throttled table is worked through as fast as it allows.
   *
   * @throws as `send`
   */
  async sendAll<T>(
    operation: string,
    subject: string,
    batch: readonly T[],
    send: (left: readonly T[]) => Promise<readonly T[]>,
    untilMs = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    let left = batch;
    for (let fruitless = 0; left.length > 0; ) {
      if (fruitless >= this.#attempts || this.#isTooLate(untilMs)) {
        throw new ServiceUnavailable(
          `${operation} of ${subject} left ${left.length} items undone: the table throttles, or the time was up`,
          { operation, subject, region: this.#settings.region, untilMs },
        );
      }
      const undone = await this.send(operation, subject, () => send(left), { untilMs });
      fruitless = undone.length < left.length ? 0 : fruitless + 1;
      left = undone;
      if (left.length > 0) await this.#pause(fruitless + 1);
    }
  }

  #isTooLate(untilMs: number): boolean {
    return this.#settings.clock.nowMs() + callTimeMs > untilMs;
  }

  async #pause(attempt: number): Promise<void> {
    await this.#settings.clock.sleepMs(this.#settings.random() * baseDelayMs * 2 ** (attempt - 1));
  }
}
