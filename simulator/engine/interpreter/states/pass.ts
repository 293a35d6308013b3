import type { PassState } from '../../definition/definition.ts';
import type { StateResult, StateScope } from '../state-scope.ts';
import { transitionToNext } from './flow.ts';

/** https://states-language.net/spec.html#pass-state */
export const runPass = async (scope: StateScope<PassState>): Promise<StateResult> => ({
  ...(await scope.complete(scope.state, scope.frame.input)),
  transition: transitionToNext(scope.state),
});
