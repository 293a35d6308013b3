import type { FunctionFacts } from './fact.ts';

/** Functions of readiness. */
export const readinessFacts: Readonly<Record<string, FunctionFacts>> = {
  'list-pairs': { role: 'look' },
  'evaluate-readiness': {
    role: 'record',
    maxBytes: 4_096,
    mayFail: 'a pair that cannot be evaluated is not ready, and the others are evaluated all the same',
  },
};
