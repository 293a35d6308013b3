import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** What a worker sends back for a job. */
type Reply<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: string };

/** A worker died, or could not do its job. */
export class WorkerFailedError extends Error {
  override readonly name = 'WorkerFailedError';
}

/**
 * Threads that do jobs side by side: each plays whole worlds, which share nothing.
 */
export class WorkerPool<J, R> {
  readonly #workers: readonly Worker[];

  /** @param module URL of a module that calls `serveJobs` */
  constructor(module: URL, size = availableParallelism()) {
    this.#workers = Array.from(
      { length: size },
      // Most of what a world allocates is gone at its end: a large young generation spares copying it.
      () => new Worker(module, { resourceLimits: { maxYoungGenerationSizeMb: 128 } }),
    );
  }

  /** Does all jobs, each by whichever thread is free, and gives the results in the order of the jobs. */
  async run(jobs: readonly J[], onDone: (done: number) => void = () => {}): Promise<readonly R[]> {
    const results = new Map<number, R>();
    let next = 0;
    const work = async (worker: Worker): Promise<void> => {
      for (let index = next++; index < jobs.length; index = next++) {
        results.set(index, await ask<J, R>(worker, jobs[index] as J));
        onDone(results.size);
      }
    };
    await Promise.all(this.#workers.map(work));
    return jobs.map((_job, index) => results.get(index) as R);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

const ask = <J, R>(worker: Worker, job: J): Promise<R> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
    };
    const onMessage = (reply: Reply<R>): void => {
      settle();
      if (reply.ok) resolve(reply.value);
      else reject(new WorkerFailedError(reply.error));
    };
    const onError = (error: unknown): void => {
      settle();
      reject(error);
    };
    const onExit = (code: number): void => {
      settle();
      reject(new WorkerFailedError(`a worker ended with ${code} in the middle of a job`));
    };
    worker.once('message', onMessage);
    worker.once('error', onError);
    worker.once('exit', onExit);
    worker.postMessage(job);
  });
