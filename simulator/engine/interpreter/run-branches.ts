import type { MapState, ParallelState } from '../definition/definition.ts';
import { abortFrame } from './abort.ts';
import type { Frame } from './frame.ts';
import type { ExecutionRun } from './run.ts';
import type { StateScope } from './state-scope.ts';

/** Follows a path of states to its end, see `runFrame`. */
export type RunFrame = (run: ExecutionRun, frame: Frame) => Promise<unknown>;

/** Entries of the history that only a Map state writes. */
export interface BranchHooks {
  readonly started?: (child: Frame) => void;
  readonly succeeded?: (child: Frame) => void;
  readonly failed?: (child: Frame) => void;
  readonly aborted?: (child: Frame) => void;
}

type Ending = { readonly failed: false } | { readonly failed: true; readonly reason: unknown };

/**
 * Runs the paths of a Parallel or Map state that have not succeeded yet, each in an actor of its own. The first that
 * fails aborts the others.
 *
 * @param runFrame follows one path; handed in, since a path runs the state that has these
 * @param concurrency most paths at a time
 * @throws what the first failing path threw
 */
export const runBranches = async (
  scope: StateScope<ParallelState | MapState>,
  runFrame: RunFrame,
  concurrency: number,
  hooks: BranchHooks = {},
): Promise<void> => {
  const { run, frame } = scope;
  const { clock } = run.services;
  const waiting = frame.children.filter((child) => child.status !== 'succeeded');
  if (waiting.length === 0) return;
  const ending = clock.signal<Ending>();
  const active = new Set<Frame>();

  const startNext = (): void => {
    while (active.size < concurrency) {
      const child = waiting.shift();
      if (child === undefined) return;
      active.add(child);
      if (!child.resuming) hooks.started?.(child);
      child.actor = clock.spawn(`${run.execution.name}${child.label}`, () => follow(child));
    }
  };
  const follow = async (child: Frame): Promise<void> => {
    try {
      await runFrame(run, child);
      active.delete(child);
      hooks.succeeded?.(child);
      frame.lastEventId = child.lastEventId;
      startNext();
      if (active.size === 0) ending.fire({ failed: false });
    } catch (reason) {
      endWithFailure(child, reason);
    }
  };
  const endWithFailure = (child: Frame, reason: unknown): void => {
    active.delete(child);
    child.status = 'failed';
    let failure = reason;
    try {
      frame.lastEventId = child.lastEventId;
      hooks.failed?.(child);
      for (const other of active) {
        abortFrame(run, other, child.lastEventId);
        hooks.aborted?.(other);
      }
    } catch (error) {
      failure = error;
    }
    ending.fire({ failed: true, reason: failure });
  };

  startNext();
  const ended = await ending.wait();
  if (ended.failed) throw ended.reason;
};
