import { parentPort } from 'node:worker_threads';

/** In a thread of a `WorkerPool`: answers each job with what `handle` makes of it, or with its error. */
export const serveJobs = <J, R>(handle: (job: J) => Promise<R>): void => {
  parentPort?.on('message', (job: J) => {
    handle(job).then(
      (value) => parentPort?.postMessage({ ok: true, value }),
      (error: unknown) =>
        parentPort?.postMessage({
          ok: false,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    );
  });
};
