import type { FailState } from '../../definition/definition.ts';
import { StateFailure } from '../state-failure.ts';
import type { StateScope } from '../state-scope.ts';

/** https://states-language.net/spec.html#fail-state */
export const runFail = async (scope: StateScope<FailState>): Promise<never> => {
  const { Error: error, Cause: cause } = scope.state;
  throw new StateFailure(
    error === undefined ? undefined : await scope.evaluateString(error, 'Error'),
    cause === undefined ? undefined : await scope.evaluateString(cause, 'Cause'),
  );
};
