import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../functions/runtime/clock.ts';
import { mapWithConcurrency } from '../../../functions/runtime/map-with-concurrency.ts';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';

describe('work in lanes', () => {
  it('goes on in as many lanes as it may, and gives results in the order of the items', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    await clock.run('test', async () => {
      const results = await mapWithConcurrency(clock, [30, 10, 10, 10, 5], 2, async (milliseconds) => {
        await clock.sleepMs(milliseconds);
        return clock.nowMs();
      });
      expect(results).toEqual([30, 10, 20, 30, 35]);
    });
  });

  it('begins nothing more after an error, and ends with it', async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      if (item === 2) throw new Error('two');
    };
    await expect(mapWithConcurrency(systemClock, [1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('two');
    expect(begun.length).toBeLessThan(6);
  });

  it('of nothing is nothing', async () => {
    expect(await mapWithConcurrency(systemClock, [], 4, async () => 1)).toEqual([]);
  });
});
