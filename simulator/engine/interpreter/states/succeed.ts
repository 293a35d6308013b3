import type { SucceedState } from '../../definition/definition.ts';
import type { StateResult, StateScope } from '../state-scope.ts';

/** https://states-language.net/spec.html#succeed-state */
export const runSucceed = async (scope: StateScope<SucceedState>): Promise<StateResult> => ({
  ...(await scope.complete({ Output: scope.state.Output }, scope.frame.input)),
  transition: undefined,
});
