import { fileURLToPath } from 'node:url';
import { type Pool, pool } from 'workerpool';
import type { Tasks } from './worker.ts';

/** A process of its own that measures: its memory and its work are not those of what prepares the programs. */
export class WorkerProcess implements AsyncDisposable {
  readonly #pool: Pool;

  /** @param heapOptions options of Node; by default it takes the memory that the host has */
  constructor(heapOptions: readonly string[] = []) {
    this.#pool = pool(fileURLToPath(new URL('./worker.ts', import.meta.url)), {
      workerType: 'process',
      maxWorkers: 1,
      forkOpts: { execArgv: [...heapOptions] },
    });
  }

  /** Lets the process do something. @throws the process's own error, or Error when it ends without an answer */
  async perform<K extends keyof Tasks>(
    task: K,
    ...input: Parameters<Tasks[K]>
  ): Promise<Awaited<ReturnType<Tasks[K]>>> {
    return await this.#pool.exec<Tasks[K]>(task, input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.terminate(true);
  }
}
