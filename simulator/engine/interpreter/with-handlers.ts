import type { FallibleState } from '../definition/definition.ts';
import { catchLabel, retrierName } from '../definition/transitions.ts';
import { errorMatches } from './error-matching.ts';
import { RetryPolicy } from './retry-policy.ts';
import { observe } from './run.ts';
import { StateFailure } from './state-failure.ts';
import type { StateResult, StateScope } from './state-scope.ts';

const caught = async (scope: StateScope<FallibleState>, failure: StateFailure): Promise<StateResult | undefined> => {
  const catchers = scope.state.Catch ?? [];
  const index = catchers.findIndex((catcher) => errorMatches(catcher.ErrorEquals, failure.error ?? ''));
  const catcher = catchers[index];
  if (catcher === undefined) return undefined;
  // The service gives a caught timeout an empty cause rather than none.
  const errorOutput = { Error: failure.error ?? '', Cause: failure.failureCause ?? '' };
  observe(scope.run, scope.frame, 'caught', scope.state.Type, {
    error: errorOutput.Error,
    cause: errorOutput.Cause,
    next: catcher.Next,
  });
  const completed = await scope.complete(catcher, errorOutput, { errorOutput }, `Catch[${index}]/`);
  return { ...completed, transition: { label: catchLabel(index, catcher), next: catcher.Next } };
};

/**
 * Runs a state's work under its Retry and Catch, https://states-language.net/spec.html#errors.
 *
 * @param attempt the work, also its Assign and Output; its parameter is 1 for the first try
 * @param onFailed called once no retrier is left, before a catcher is looked for
 * @throws StateFailure that nothing caught
 */
export const withHandlers = async (
  scope: StateScope<FallibleState>,
  attempt: (number: number) => Promise<StateResult>,
  onFailed: (failure: StateFailure) => void = () => {},
): Promise<StateResult> => {
  const { run, frame, state } = scope;
  const policy = new RetryPolicy(state.Retry ?? [], () => run.services.random());
  for (let number = 1; ; number++) {
    scope.retryCount = number - 1;
    try {
      return await attempt(number);
    } catch (failure) {
      if (!(failure instanceof StateFailure)) throw failure;
      const retry = policy.next(failure.error ?? '');
      if (retry === undefined) {
        onFailed(failure);
        const result = await caught(scope, failure);
        if (result === undefined) throw failure;
        return result;
      }
      run.coverage.takeRetrier(retrierName(frame.stateName, retry.retrierIndex, retry.retrier));
      observe(run, frame, 'retried', state.Type, {
        error: failure.error ?? '',
        ...(failure.failureCause === undefined ? {} : { cause: failure.failureCause }),
      });
      await run.services.clock.sleepMs(retry.delayMs);
      run.execution.transitions++;
    }
  }
};
