import fc from 'fast-check';
import { worker } from 'workerpool';
import { type PlayedSchedule, playSchedule } from './play-schedule.ts';
import { type Schedule, schedules } from './schedule.ts';
import type { ScheduleAnswer, ScheduleJob } from './schedule-job.ts';
import { sumOfTallies, type Tally } from './tally.ts';

/** Smaller schedules tried for a broken one; each costs a play, and most are found within a few dozen. */
const mostShrinks = 60;

/** Plays a schedule; a test bed that could not even be played to its end has violated that. */
const played = async (schedule: Schedule): Promise<PlayedSchedule> => {
  try {
    return await playSchedule(schedule);
  } catch (error) {
    const stopped = `the test bed stopped: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { violations: [stopped], tally: new Map() };
  }
};

const playRandom = async (runs: number, seed: number): Promise<ScheduleAnswer> => {
  let plays = 0;
  let failedPlays = 0;
  const tallies: Tally[] = [];
  let broken: ScheduleAnswer['broken'];
  await fc.check(
    fc.asyncProperty(schedules, async (schedule) => {
      // Once enough smaller ones were tried, the rest counts as kept.
      if (failedPlays > 0 && ++failedPlays > mostShrinks) return true;
      plays += 1;
      const { violations, tally } = await played(schedule);
      if (failedPlays === 0) tallies.push(tally);
      if (violations.length === 0) return true;
      failedPlays ||= 1;
      broken = { schedule, violations };
      return false;
    }),
    { numRuns: runs, seed },
  );
  return { played: plays, tally: sumOfTallies(tallies), broken };
};

const perform = async (job: ScheduleJob): Promise<ScheduleAnswer> => {
  if (job.kind === 'random') return await playRandom(job.runs, job.seed);
  const { violations, tally } = await played(job.schedule);
  return { played: 1, tally, broken: violations.length === 0 ? undefined : { schedule: job.schedule, violations } };
};

worker({ perform });
