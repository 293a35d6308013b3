import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Outcome, Task, TaskInputs, TaskName } from './tasks.ts';

/** A process of its own that measures: its memory and its work are not those of what prepares the programs. */
export class WorkerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  /** @param heapOptions options of Node; by default it takes the memory that the host has */
  constructor(heapOptions: readonly string[] = []) {
    this.#child = fork(new URL('./worker.ts', import.meta.url), { execArgv: [...heapOptions] });
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`the measuring process ended with ${String(signal ?? code)} and without an answer`);
    });
    this.#ended.catch(() => {});
  }

  /** Lets the process do something. @throws Error with the process's own, or when it ends without an answer */
  async perform<K extends TaskName>(name: K, input: TaskInputs[K]): Promise<Outcome<K>> {
    const answered = Promise.withResolvers<Answer>();
    this.#child.once('message', answered.resolve);
    this.#child.send({ name, input } as Task);
    const answer = await Promise.race([answered.promise, this.#ended]);
    if ('error' in answer) throw new Error(`"${name}" failed: ${answer.error}`);
    return answer.outcome as Outcome<K>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => {});
  }
}
