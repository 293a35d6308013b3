import { west } from '../../testbed/orders.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { broken, refusedAtWrite, replicated } from './steps.ts';

const common = {
  machine: 'failover',
  region: west,
  input: () => ({ pair: 'orders', reason: 'proof', acceptDataLoss: true }),
  before: replicated,
} as const;

export const failoverBaselines: readonly Baseline[] = [
  { ...common, name: 'fails over' },
  {
    ...common,
    name: 'fails over and reconciles',
    pair: { ledger: { afterPromotion: 'report' } },
    shows: ['ReconcileMessages'],
  },
  { ...common, name: 'is refused at the write', stubs: { RequestFailover: refusedAtWrite } },
  { ...common, name: 'fails at the write', stubs: { RequestFailover: broken }, stubsOnce: true },
];
