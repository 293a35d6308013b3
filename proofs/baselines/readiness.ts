import { west } from '../../testbed/orders.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { broken, replicated } from './steps.ts';

const common = {
  machine: 'readiness',
  region: west,
  input: () => ({}),
  before: replicated,
} as const;

export const readinessBaselines: readonly Baseline[] = [
  { ...common, name: 'evaluates a pair' },
  { ...common, name: 'fails', stubs: { ListPairs: broken }, stubsOnce: true },
];
