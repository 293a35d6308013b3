import type { Violations } from './audit.ts';
import type { Schedule } from './schedule.ts';

/** What is simplest of everything but the moves; tried one by one, once the moves are as few as they get. */
const simplest: readonly Partial<Schedule>[] = [
  { protectedWindow: null },
  { traffic: 'usual' },
  { rules: false },
  { afterPromotion: 'off' },
  { consumers: 'live' },
  { antiFlapSeconds: 0 },
  { escalation: { mode: 'never' } },
];

/** What a violation is, without the times, ids and numbers of one play. */
export const kindOf = (violation: string): string =>
  violation
    .replace(/^\d\d:\S+ /, '')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#')
    .replace(/\d[\d:.]*/g, '#');

/**
 * The smallest schedule found that violates what the given one does: delta debugging over its moves (Zeller and
 * Hildebrandt, "Simplifying and isolating failure-inducing input", 2002), then the simplest of everything else.
 *
 * @param play plays a schedule and gives what it violated
 * @param mostPlays bound of all plays
 */
export const shrinkSchedule = async (
  schedule: Schedule,
  violations: Violations,
  play: (schedule: Schedule) => Promise<Violations>,
  mostPlays: number,
): Promise<{ readonly schedule: Schedule; readonly violations: Violations; readonly plays: number }> => {
  const kinds = new Set(violations.map(kindOf));
  let smallest = schedule;
  let shown = violations;
  let plays = 0;
  /** Whether a smaller schedule still violates one of the same promises; then it is the smallest so far. */
  const stillFails = async (candidate: Schedule): Promise<boolean> => {
    if (plays >= mostPlays) return false;
    plays += 1;
    const found = await play(candidate);
    if (!found.some((violation) => kinds.has(kindOf(violation)))) return false;
    smallest = candidate;
    shown = found;
    return true;
  };
  for (let parts = 2; smallest.moves.length > 1; ) {
    const size = Math.ceil(smallest.moves.length / parts);
    let removed = false;
    for (let start = 0; start < smallest.moves.length && !removed; start += size) {
      const moves = smallest.moves.filter((_move, index) => index < start || index >= start + size);
      removed = await stillFails({ ...smallest, moves });
    }
    if (removed) parts = Math.max(2, parts - 1);
    else if (size === 1) break;
    else parts = Math.min(smallest.moves.length, parts * 2);
  }
  for (const change of simplest) {
    const candidate = { ...smallest, ...change };
    if (JSON.stringify(candidate) !== JSON.stringify(smallest)) await stillFails(candidate);
  }
  return { schedule: smallest, violations: shown, plays };
};
