import type { TaskState } from '../definition/definition.ts';
import { TaskFailure } from '../ports.ts';
import type { StateScope } from './state-scope.ts';

/** How one try of a Task ended. */
export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly reason: unknown }
  | { readonly kind: 'timed out' };

/** One try of a Task state. */
export interface TaskAttempt {
  /** 1 for the first. */
  readonly number: number;
  readonly timeoutSeconds: number | undefined;
}

/**
 * Waits for something a Task has under way, no longer than the Task's timeout.
 *
 * @param begin starts it; it calls `settle` at its end, once or never, and returns what stops it on an abort
 */
export const awaitOutcome = async (
  scope: StateScope<TaskState>,
  attempt: TaskAttempt,
  begin: (settle: (outcome: TaskOutcome) => void) => (() => void) | undefined,
): Promise<TaskOutcome> => {
  const { run, frame } = scope;
  const { clock } = run.services;
  const outcome = clock.signal<TaskOutcome>();
  const cancel = begin((settled) => outcome.fire(settled));
  const { timeoutSeconds } = attempt;
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : clock.spawn(`${run.execution.name}${frame.label}/${frame.stateName} timeout`, async () => {
          await clock.sleepMs(timeoutSeconds * 1_000);
          outcome.fire({ kind: 'timed out' });
        });
  const stopTimer = (): void => {
    if (timer !== undefined) clock.kill(timer);
  };
  frame.cancelTask = () => {
    stopTimer();
    cancel?.();
  };
  const settled = await outcome.wait();
  frame.cancelTask = undefined;
  stopTimer();
  return settled;
};

/** Runs `body` in an actor of its own, which nothing here ends: a function that timed out runs on. */
export const awaitFunction = (
  scope: StateScope<TaskState>,
  attempt: TaskAttempt,
  body: () => Promise<unknown>,
): Promise<TaskOutcome> => {
  const { run, frame } = scope;
  return awaitOutcome(scope, attempt, (settle) => {
    const name = `${run.execution.name}${frame.label}/${frame.stateName}#${attempt.number}`;
    const worker = run.services.clock.spawn(name, async () => {
      try {
        settle({ kind: 'succeeded', value: await body() });
      } catch (reason) {
        settle({ kind: 'failed', reason });
      }
    });
    worker.onEnd(() => {
      // A sandbox that dies reports no error of its own.
      if (worker.killed) {
        const cause = `The function of the state '${frame.stateName}' was killed before it answered.`;
        settle({ kind: 'failed', reason: new TaskFailure('Lambda.Unknown', cause) });
      }
    });
    return undefined;
  });
};
