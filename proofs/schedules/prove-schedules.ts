import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gridOf } from '../runner/grid.ts';
import type { ProofFailure, ProofResult } from '../runner/proof-result.ts';
import { rateOf, startStopwatch } from '../runner/stopwatch.ts';
import { startWorkers } from '../runner/workers.ts';
import { writeScenario } from './scenario-file.ts';
import type { Schedule } from './schedule.ts';
import { writeSchedule } from './schedule-file.ts';
import type { ScheduleAnswer, ScheduleJob } from './schedule-job.ts';
import { sumOfTallies } from './tally.ts';

/** How many schedules, and which. */
export interface ScheduleOptions {
  readonly runs: number;
  readonly seed: number;
  /** Where schedules that break a promise are written. */
  readonly folder: string;
  /** Plays this one alone. */
  readonly replay?: Schedule | undefined;
  /** Whether the one that is played alone is made as small as it gets. */
  readonly shrink: boolean;
  readonly onProgress?: (done: number, of: number) => void;
}

/** Schedules of one job: jobs are the same on every machine, whatever the number of its cores. */
const jobRuns = 25;

/** Batches shown in one row of the page. */
const batchesInRow = 10;

const jobsOf = ({ runs, seed, replay, shrink }: ScheduleOptions): readonly ScheduleJob[] => {
  if (replay !== undefined) return [{ kind: 'replay', schedule: replay, shrink }];
  return Array.from({ length: Math.ceil(runs / jobRuns) }, (_, index) => ({
    kind: 'random',
    runs: Math.min(jobRuns, runs - index * jobRuns),
    seed: seed + index,
  }));
};

/** Writes a broken schedule to the folder of the results, and as a scenario; returns the path of the schedule. */
const keep = async (
  folder: string,
  index: number,
  { schedule, violations }: ScheduleAnswer['broken'][number],
): Promise<string> => {
  const file = join(folder, `broken-schedule-${index + 1}.yaml`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, writeSchedule(schedule, violations, file));
  await writeFile(join(folder, `broken-scenario-${index + 1}.yaml`), writeScenario(schedule, violations));
  return file;
};

/**
 * Plays random schedules of traffic, operators, events, faults and crashes, and makes each one that breaks a promise as
 * small as it gets.
 *
 * @throws Error where a thread died
 */
export const proveSchedules = async (options: ScheduleOptions): Promise<ProofResult> => {
  const elapsed = startStopwatch();
  const jobs = jobsOf(options);
  await using workers = startWorkers<ScheduleJob, ScheduleAnswer>(new URL('./schedule-worker.ts', import.meta.url));
  const played = await workers.run(jobs, (done) => options.onProgress?.(done, jobs.length));
  const answers = played.map(([, answer]) => answer);
  const failures: ProofFailure[] = [];
  for (const broken of answers.flatMap((answer) => answer.broken)) {
    const file = await keep(options.folder, failures.length, broken);
    failures.push({ name: `schedule of seed ${broken.schedule.seed}`, reasons: broken.violations, path: [file] });
  }
  const { seconds, cpuSeconds } = elapsed();
  const cases = options.replay === undefined ? options.runs : 1;
  const playedCount = answers.reduce((sum, answer) => sum + answer.played, 0);
  return {
    proof: 'schedules',
    cases,
    passed: cases - failures.length,
    failed: failures.length,
    command: `npm run prove -- schedules --runs ${options.runs} --seed ${options.seed}`,
    unit: 'executions',
    perSecond: rateOf(playedCount, seconds),
    seconds,
    cpuSeconds,
    seed: options.seed,
    failures,
    grids: [
      gridOf(
        'Schedules by the seed of their batch',
        jobs.map((job, index) => ({
          row: `from seed ${options.seed + index - (index % batchesInRow)}`,
          column: `+${index % batchesInRow}`,
          cases: job.kind === 'random' ? job.runs : 1,
          reason: answers[index]?.broken[0]?.violations[0],
        })),
      ),
    ],
    figures: {
      'schedules played, smaller ones of broken ones included': playedCount,
      ...Object.fromEntries(sumOfTallies(answers.map(({ tally }) => tally))),
    },
  };
};
