import type { Violations } from './audit.ts';
import type { Schedule } from './schedule.ts';
import type { Tally } from './tally.ts';

/** So many random schedules, or one that is given. */
export type ScheduleJob =
  | { readonly kind: 'random'; readonly runs: number; readonly seed: number }
  | { readonly kind: 'replay'; readonly schedule: Schedule; readonly shrink: boolean };

/** Their outcome. */
export interface ScheduleAnswer {
  /** Schedules played, those that made a broken one smaller included. */
  readonly played: number;
  /** What happened in those of the schedules that were asked for. */
  readonly tally: Tally;
  /** Schedules that break a promise, each as small as it got. */
  readonly broken: readonly { readonly schedule: Schedule; readonly violations: Violations }[];
}
