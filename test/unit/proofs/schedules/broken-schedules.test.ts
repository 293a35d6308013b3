import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../../gameday/experiment/scenario/load.ts';
import { writeScenario } from '../../../../proofs/schedules/scenario-file.ts';
import { type Schedule, schedules } from '../../../../proofs/schedules/schedule.ts';
import { kindOf, shrinkSchedule } from '../../../../proofs/schedules/shrink-schedule.ts';

const [sample] = fc.sample(schedules, { numRuns: 1, seed: 5 });

/** A schedule with so many moves, told apart by their times. */
const withMoves = (count: number): Schedule => {
  if (sample === undefined) throw new TypeError('no sample');
  const moves = Array.from({ length: count }, (_, index) => ({
    atSeconds: index,
    move: { do: 'alarm' as const, region: 'us-east-1' },
  }));
  return { ...sample, moves, rules: true, traffic: 'tenfold', consumers: 'hold' };
};

const timesOf = ({ moves }: Schedule): readonly number[] => moves.map(({ atSeconds }) => atSeconds);

describe('a broken schedule', () => {
  it('is left with the moves and settings that it needs', async () => {
    const needs = [3, 11];
    const play = async (schedule: Schedule) =>
      needs.every((time) => timesOf(schedule).includes(time)) && schedule.traffic === 'tenfold'
        ? [`09:05:${timesOf(schedule).length}.000 the primary is fenced since 09:01:00`]
        : [];
    const whole = withMoves(16);
    const { schedule, violations, plays } = await shrinkSchedule(whole, await play(whole), play, 100);
    expect(timesOf(schedule)).toEqual(needs);
    expect(schedule).toMatchObject({ traffic: 'tenfold', rules: false, consumers: 'live' });
    expect(violations).toEqual(['09:05:2.000 the primary is fenced since 09:01:00']);
    expect(plays).toBeLessThan(60);
  });

  it('does not become one that is broken otherwise', async () => {
    const play = async ({ moves }: Schedule) => (moves.length > 2 ? ['m-1 is lost'] : ['the lock is held']);
    const whole = withMoves(6);
    const { schedule, violations } = await shrinkSchedule(whole, ['m-7 is lost'], play, 100);
    expect([schedule.moves.length, violations]).toEqual([3, ['m-1 is lost']]);
  });

  it('is not played more often than allowed', async () => {
    let played = 0;
    const play = async () => {
      played += 1;
      return [];
    };
    const { schedule, plays } = await shrinkSchedule(withMoves(16), ['x'], play, 7);
    expect([played, plays, schedule.moves.length]).toEqual([7, 7, 16]);
  });

  it('breaks the same promise whatever the times, ids and numbers', () => {
    const at = (time: string, run: string) => `${time} failover ${run} keeps intent ${time.length}`;
    expect(kindOf(at('09:12:17.765', '2591a947-3369-446a-994f-9f43849632ac'))).toBe(
      kindOf(at('10:00:00.000', '909a8e79-ab21-4f71-9505-6b9e5af7e84d')),
    );
    expect(kindOf('message m-1 was lost')).not.toBe(kindOf('message m-1 took effect twice'));
  });
});

describe('a schedule as a scenario', () => {
  it('is one that a game day takes, whatever its moves', () => {
    const moves = new Set<string>();
    for (const schedule of fc.sample(schedules, { numRuns: 300, seed: 9 })) {
      const text = writeScenario(schedule, ['message m-1 was lost: "quoted"']);
      const { method, outline } = parseScenario('broken', 'broken.yaml', text);
      expect(method.filter(({ mayFail }) => mayFail).length).toBeGreaterThanOrEqual(schedule.moves.length);
      expect(outline.seed).toBe(schedule.seed);
      for (const { move } of schedule.moves) moves.add(move.do);
    }
    expect(moves.size).toBeGreaterThan(17);
  });
});
