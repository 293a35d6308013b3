import type { Retrier } from '../definition/schema.ts';
import { errorMatches } from './error-matching.ts';

/** Defaults of a retrier, https://states-language.net/spec.html#errors. */
const defaults = { intervalSeconds: 1, maxAttempts: 3, backoffRate: 2 };

/** What to do about one failure. */
export interface RetryDecision {
  readonly retrierIndex: number;
  readonly retrier: Retrier;
  readonly delayMs: number;
}

const delayMsOf = (retrier: Retrier, retriesSoFar: number, random: () => number): number => {
  const intervalSeconds = retrier.IntervalSeconds ?? defaults.intervalSeconds;
  const rate = retrier.BackoffRate ?? defaults.backoffRate;
  const plainSeconds = intervalSeconds * rate ** retriesSoFar;
  const seconds = Math.min(plainSeconds, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  const fraction = retrier.JitterStrategy === 'FULL' ? random() : 1;
  return Math.round(seconds * 1_000 * fraction);
};

/**
 * Counts the retries of one visit of a state. Each retrier has its own count; the first one that matches decides, also
 * when it is used up.
 */
export class RetryPolicy {
  readonly #retriers: readonly Retrier[];
  readonly #counts: number[];
  readonly #random: () => number;

  /** @param random for `JitterStrategy: FULL`: the delay lies between 0 and the plain delay */
  constructor(retriers: readonly Retrier[], random: () => number) {
    this.#retriers = retriers;
    this.#counts = retriers.map(() => 0);
    this.#random = random;
  }

  /** The retry that `error` gets, or undefined when it gets none. */
  next(error: string): RetryDecision | undefined {
    const retrierIndex = this.#retriers.findIndex((retrier) => errorMatches(retrier.ErrorEquals, error));
    const retrier = this.#retriers[retrierIndex];
    if (retrier === undefined) return undefined;
    const retriesSoFar = this.#counts[retrierIndex] ?? 0;
    if (retriesSoFar >= (retrier.MaxAttempts ?? defaults.maxAttempts)) return undefined;
    this.#counts[retrierIndex] = retriesSoFar + 1;
    return { retrierIndex, retrier, delayMs: delayMsOf(retrier, retriesSoFar, this.#random) };
  }
}
