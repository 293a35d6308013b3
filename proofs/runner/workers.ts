import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { pool } from 'workerpool';

/** Threads that do jobs of one kind. */
export interface Workers<J, R> extends AsyncDisposable {
  /**
   * Does all jobs, each by whichever thread is free, and returns every job with its result, in their order.
   *
   * @throws the first error of a job, or Error when a thread dies
   */
  run(jobs: readonly J[], onDone?: (done: number) => void): Promise<readonly (readonly [job: J, result: R])[]>;
}

/**
 * Starts a thread for each processor. They share nothing: each job simulates an AWS of its own.
 *
 * @param module registers `perform`, which takes a job, with workerpool's `worker`
 */
export const startWorkers = <J, R>(module: URL): Workers<J, R> => {
  const threads = pool(fileURLToPath(module), {
    workerType: 'thread',
    maxWorkers: availableParallelism(),
    // Most of what a simulation allocates is garbage at its end: a large young generation spares copying it.
    workerThreadOpts: { resourceLimits: { maxYoungGenerationSizeMb: 128 } },
  });
  return {
    run: async (jobs, onDone = () => {}) => {
      let done = 0;
      return await Promise.all(
        jobs.map(async (job) => {
          const result = await threads.exec<(job: J) => R>('perform', [job]);
          onDone(++done);
          return [job, result] as const;
        }),
      );
    },
    [Symbol.asyncDispose]: async () => void (await threads.terminate(true)),
  };
};
