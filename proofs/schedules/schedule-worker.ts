import fc from 'fast-check';
import { worker } from 'workerpool';
import type { Violations } from './audit.ts';
import { type PlayedSchedule, playSchedule } from './play-schedule.ts';
import { type Schedule, schedules } from './schedule.ts';
import type { ScheduleAnswer, ScheduleJob } from './schedule-job.ts';
import { shrinkSchedule } from './shrink-schedule.ts';
import { sumOfTallies, type Tally } from './tally.ts';

/** Smaller schedules tried for a broken one; each costs a play, and six moves need some twenty. */
const mostShrinks = 40;

/** Broken schedules of a job that are made smaller: where all break the same promise, the first ones tell. */
const mostShrunk = 2;

/** Plays a schedule; a test bed that could not even be played to its end has violated that. */
const played = async (schedule: Schedule): Promise<PlayedSchedule> => {
  try {
    return await playSchedule(schedule);
  } catch (error) {
    const stopped = `the test bed stopped: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { violations: [stopped], tally: new Map() };
  }
};

const shrunk = async (schedule: Schedule, violations: Violations) =>
  await shrinkSchedule(schedule, violations, async (smaller) => (await played(smaller)).violations, mostShrinks);

const playAll = async (all: readonly Schedule[], mostToShrink: number): Promise<ScheduleAnswer> => {
  let plays = 0;
  const tallies: Tally[] = [];
  const broken: { readonly schedule: Schedule; readonly violations: Violations }[] = [];
  for (const schedule of all) {
    const { violations, tally } = await played(schedule);
    plays += 1;
    tallies.push(tally);
    if (violations.length === 0) continue;
    const smallest =
      broken.length < mostToShrink ? await shrunk(schedule, violations) : { schedule, violations, plays: 0 };
    plays += smallest.plays;
    broken.push({ schedule: smallest.schedule, violations: smallest.violations });
  }
  return { played: plays, tally: sumOfTallies(tallies), broken };
};

const perform = async (job: ScheduleJob): Promise<ScheduleAnswer> => {
  if (job.kind === 'replay') return await playAll([job.schedule], job.shrink ? 1 : 0);
  return await playAll(fc.sample(schedules, { numRuns: job.runs, seed: job.seed }), mostShrunk);
};

worker({ perform });
