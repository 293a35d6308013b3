import type { Rehearsal } from '../baseline/rehearsal.ts';
import { west } from '../baseline/rehearsal-stage.ts';
import { broken, replicated } from './failover.ts';

const common = {
  machine: 'readiness',
  region: west,
  world: { paired: true },
  input: () => ({}),
  before: replicated,
} as const;

export const readinessRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'evaluates a pair' },
  { ...common, name: 'fails', standIns: { ListPairs: broken }, standInsOnce: true },
];
