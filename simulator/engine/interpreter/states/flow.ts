import type { StateResult } from '../state-scope.ts';

/** Where a state with Next or End goes. */
export const transitionToNext = (state: { readonly Next?: string | undefined }): StateResult['transition'] =>
  state.Next === undefined ? undefined : { label: 'Next', next: state.Next };
