import type { PassState } from '../../definition/definition.ts';
import { type StateResult, type StateScope, transitionToNext } from '../state-scope.ts';

/** https://states-language.net/spec.html#pass-state */
export const runPass = async (scope: StateScope<PassState>): Promise<StateResult> => ({
  ...(await scope.complete(scope.state, scope.frame.input)),
  transition: transitionToNext(scope.state),
});
