import fc from 'fast-check';
import { expect, it } from 'vitest';
import { playSchedule } from '../../proofs/schedules/play-schedule.ts';
import { schedules } from '../../proofs/schedules/schedule.ts';
import { trackMachineCoverage } from '../support/machine-coverage.ts';

/** Many more of them are played by `npm run prove -- schedules`. */
const cover = trackMachineCoverage();

it('holds its promises in 60 random schedules of traffic, runs, operators, faults and crashes', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      expect((await playSchedule(schedule, cover)).violations).toEqual([]);
    }),
    { numRuns: 60, seed: 20_261_122, endOnFailure: true },
  );
});
