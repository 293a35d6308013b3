import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Outcome, Task, TaskInputs, TaskName } from './tasks.ts';

/** A process of its own that measures: its memory and its work are not those of what prepares the programs. */
export class WorkerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(new URL('./worker.ts', import.meta.url));
  }

  /** Lets the process do something. @throws Error with the process's own, or when it ends without an answer */
  async perform<K extends TaskName>(name: K, input: TaskInputs[K]): Promise<Outcome<K>> {
    const ended = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`the measuring process ended with ${String(signal ?? code)} and without an answer to "${name}"`);
    });
    ended.catch(() => {});
    this.#child.send({ name, input } as Task);
    const [answer] = (await Promise.race([once(this.#child, 'message'), ended])) as [Answer];
    if ('error' in answer) throw new Error(`"${name}" failed: ${answer.error}`);
    return answer.outcome as Outcome<K>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = this.#child.exitCode !== null || this.#child.signalCode !== null || once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
