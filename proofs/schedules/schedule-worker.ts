import fc from 'fast-check';
import { serveJobs } from '../shared/serve-jobs.ts';
import type { Violations } from './audit.ts';
import { playSchedule } from './play-schedule.ts';
import { type Schedule, schedules } from './schedule.ts';
import type { ScheduleAnswer, ScheduleJob } from './schedule-job.ts';

/** Smaller schedules tried for a broken one; each costs a play, and most are found within a few dozen. */
const mostShrinks = 60;

/** What a world that could not even be played to its end has violated. */
const violationsOf = async (schedule: Schedule): Promise<Violations> => {
  try {
    return await playSchedule(schedule);
  } catch (error) {
    return [`the world stopped: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
};

const playRandom = async (runs: number, seed: number): Promise<ScheduleAnswer> => {
  let played = 0;
  let failedPlays = 0;
  let broken: ScheduleAnswer['broken'];
  await fc.check(
    fc.asyncProperty(schedules, async (schedule) => {
      // Once enough smaller ones were tried, the rest counts as kept.
      if (failedPlays > 0 && ++failedPlays > mostShrinks) return true;
      played += 1;
      const violations = await violationsOf(schedule);
      if (violations.length === 0) return true;
      failedPlays ||= 1;
      broken = { schedule, violations };
      return false;
    }),
    { numRuns: runs, seed },
  );
  return { played, broken };
};

serveJobs<ScheduleJob, ScheduleAnswer>(async (job) => {
  if (job.kind === 'random') return await playRandom(job.runs, job.seed);
  const violations = await violationsOf(job.schedule);
  return { played: 1, broken: violations.length === 0 ? undefined : { schedule: job.schedule, violations } };
});
