import type { FunctionContract } from './contract.ts';

/** Functions of readiness. */
export const readinessContracts: Readonly<Record<string, FunctionContract>> = {
  'list-pairs': { role: 'read' },
  'evaluate-readiness': {
    role: 'record',
    maxBytes: 4_096,
    mayFail: 'a pair that cannot be evaluated is not ready, and the others are evaluated all the same',
  },
};
