import { describe, expect, it } from 'vitest';
import { startWorkers } from '../../../../proofs/runner/workers.ts';

const module = new URL('./sample-worker.ts', import.meta.url);

describe('workers', () => {
  it('return every job with its result, in the order of the jobs', async () => {
    await using workers = startWorkers<number, number>(module);
    const done: number[] = [];
    const results = await workers.run([3, 1, 2], (count) => done.push(count));
    expect(results).toEqual([
      [3, 6],
      [1, 2],
      [2, 4],
    ]);
    expect(done).toEqual([1, 2, 3]);
    expect(await workers.run([5])).toEqual([[5, 10]]);
  });

  it('reject with the error of a job, by its name', async () => {
    await using workers = startWorkers<number, number>(module);
    await expect(workers.run([1, -7, 2])).rejects.toMatchObject({ name: 'SampleError', message: 'cannot take -7' });
  });

  it('reject when a thread dies in the middle of a job', async () => {
    await using workers = startWorkers<number, number>(module);
    await expect(workers.run([0])).rejects.toThrow('exitCode: `3`');
  });
});
