/**
 * Settles deliveries so that no two different outcomes are settled in one turn of the event loop.
 *
 * rhea 3.0.5 writes the dispositions of one tick together and gives the first two the outcome of the first, even
 * where the outcomes differ: accept one message, release the next, and both are removed. Equal outcomes still leave
 * together. An immediate runs only after every tick that rhea has queued, so whatever was settled has been written.
 */
export class OutcomeOrder {
  readonly #waiting: { readonly outcome: string; readonly settle: () => void }[] = [];
  #outcomeOfTurn: string | undefined;

  /** Runs `settle` now, or in a later turn when this one already settled something with another outcome. */
  settle(outcome: string, settle: () => void): void {
    this.#waiting.push({ outcome, settle });
    if (this.#outcomeOfTurn === undefined) this.#startTurn(outcome);
    this.#settleEqual();
  }

  #startTurn(outcome: string): void {
    this.#outcomeOfTurn = outcome;
    setImmediate(() => {
      this.#outcomeOfTurn = undefined;
      const next = this.#waiting[0];
      if (next === undefined) return;
      this.#startTurn(next.outcome);
      this.#settleEqual();
    });
  }

  /** Keeps the order: a waiting outcome holds back those behind it. */
  #settleEqual(): void {
    for (let next = this.#waiting[0]; next?.outcome === this.#outcomeOfTurn; next = this.#waiting[0]) {
      if (next === undefined) return;
      this.#waiting.shift();
      next.settle();
    }
  }
}
