/** What the newest evaluation of a pair, made in one Region, said. */
export interface ReadinessRecord {
  readonly verdict: 'ready' | 'not-ready';
  /** Codes, each once, in the order of the checks. */
  readonly blockers: readonly string[];
  readonly warnings: readonly string[];
  /** When it was made, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Since when the verdict is what it is, in milliseconds since the Unix epoch. */
  readonly sinceMs: number;
}

/** How a rehearsal may end: `met` when everything went as its hypothesis said. */
export const gameDayOutcomes = ['met', 'deviated', 'interrupted', 'aborted'] as const;

/** A rehearsal of a pair as it is remembered. */
export interface GameDayRecord {
  /** When it ended, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly outcome: (typeof gameDayOutcomes)[number];
  /** Who recorded it. */
  readonly by: string;
}
