/** A time in which clients tried and got nothing. Times are virtual milliseconds since the Unix epoch. */
export interface Outage {
  /** Last success before it, or the start of the traffic. */
  readonly fromMs: number;
  /** First attempt that failed. */
  readonly firstFailureMs: number;
  /** First success after it, or the end of the traffic. */
  readonly toMs: number;
  readonly failedAttempts: number;
}

/** Unavailability as clients saw it, in virtual milliseconds. */
export interface Unavailability {
  readonly longestMs: number;
  readonly totalMs: number;
  readonly outages: readonly Outage[];
}

/**
 * Watches one kind of attempt (all sends of a pair, or all receives) and remembers the intervals between two successes
 * that hold at least one failure. A pause in which nobody tried is no outage. An interval is at most one attempt
 * period longer than the truth, because it is bounded by successes.
 */
export class OutageWatch {
  readonly #outages: Outage[] = [];
  #lastSuccessMs: number;
  #firstFailureMs = 0;
  #failedAttempts = 0;

  constructor(startedAtMs: number) {
    this.#lastSuccessMs = startedAtMs;
  }

  succeeded(atMs: number): void {
    this.#endInterval(atMs);
    this.#lastSuccessMs = atMs;
  }

  failed(atMs: number): void {
    if (this.#failedAttempts === 0) this.#firstFailureMs = atMs;
    this.#failedAttempts += 1;
  }

  /** What has been seen until `atMs`; an outage that still lasts ends there. Changes nothing. */
  summary(atMs: number): Unavailability {
    const outages = [...this.#outages];
    if (this.#failedAttempts > 0) {
      outages.push(this.#outageUntil(atMs));
    }
    const lengths = outages.map((outage) => outage.toMs - outage.fromMs);
    return {
      longestMs: lengths.reduce((longest, length) => Math.max(longest, length), 0),
      totalMs: lengths.reduce((total, length) => total + length, 0),
      outages,
    };
  }

  #endInterval(atMs: number): void {
    if (this.#failedAttempts > 0) {
      this.#outages.push(this.#outageUntil(atMs));
    }
    this.#failedAttempts = 0;
  }

  #outageUntil(toMs: number): Outage {
    return {
      fromMs: this.#lastSuccessMs,
      firstFailureMs: this.#firstFailureMs,
      toMs,
      failedAttempts: this.#failedAttempts,
    };
  }
}
