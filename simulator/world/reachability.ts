import type { FaultBoard } from './fault-board.ts';

/** Which Regions answer, and which pairs of them can talk to each other. */
export class Reachability {
  readonly #board: FaultBoard;

  constructor(board: FaultBoard) {
    this.#board = board;
  }

  /** Whether a Region is blacked out as a whole. */
  isDark(region: string): boolean {
    return this.#board.active('region-blackout').some((fault) => fault.region === region);
  }

  /** Whether traffic gets from one Region to another. A Region always reaches itself, unless it is dark. */
  connects(from: string, to: string): boolean {
    if (this.isDark(from) || this.isDark(to)) return false;
    return !this.#board.active('partition').some((fault) => joins(fault.regions, from, to));
  }

  /** Whether a replication link between two Regions carries data. */
  linkUp(one: string, other: string): boolean {
    return (
      this.connects(one, other) && !this.#board.active('link-cut').some((fault) => joins(fault.regions, one, other))
    );
  }
}

const joins = (regions: readonly [string, string], one: string, other: string): boolean =>
  one !== other && regions.includes(one) && regions.includes(other);
