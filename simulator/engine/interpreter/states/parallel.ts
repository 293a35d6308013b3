import type { ParallelState } from '../../definition/definition.ts';
import { newFrame } from '../frame.ts';
import { record, recordAside } from '../run.ts';
import { type RunFrame, runBranches } from '../run-branches.ts';
import { type StateResult, type StateScope, transitionToNext } from '../state-scope.ts';
import { withHandlers } from '../with-handlers.ts';

const startBranches = async (scope: StateScope<ParallelState>): Promise<void> => {
  const { run, frame, state } = scope;
  const input = state.Arguments === undefined ? frame.input : await scope.evaluate(state.Arguments, 'Arguments');
  scope.requireSize(input);
  record(run, frame, 'ParallelStateStarted');
  frame.children = state.Branches.map((branch, index) =>
    newFrame(branch, input, {
      label: `${frame.label}/${frame.stateName}[${index}]`,
      index,
      lastEventId: frame.lastEventId,
      variables: frame.variables,
    }),
  );
};

/** https://states-language.net/spec.html#parallel-state. A redrive runs only the branches that did not succeed. */
export const runParallel = (scope: StateScope<ParallelState>, runFrame: RunFrame): Promise<StateResult> => {
  const { run, frame, state } = scope;
  return withHandlers(
    scope,
    async (attempt) => {
      if (attempt > 1 || !scope.resumed || frame.children.length === 0) await startBranches(scope);
      await runBranches(scope, runFrame, Number.POSITIVE_INFINITY);
      recordAside(run, frame, 'ParallelStateSucceeded');
      const result = frame.children.map((child) => child.output);
      scope.requireSize(result);
      return { ...(await scope.complete(state, result, { result })), transition: transitionToNext(state) };
    },
    (failure) => {
      // The results together were too large: a redrive has to run all branches again.
      if (failure.error === 'States.DataLimitExceeded') frame.children = [];
      record(run, frame, 'ParallelStateFailed');
    },
  );
};
