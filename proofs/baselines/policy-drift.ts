import { east } from '../../testbed/orders.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { broken } from './steps.ts';

const common = {
  machine: 'policy-drift',
  region: east,
  pair: { paired: false },
  cluster: {
    // One policy lacks the mirroring that the service wants of this version; docs/rabbitmq.md.
    broker: {
      version: '3.10.20',
      queues: [{ name: 'orders.placed', messages: 100 }],
      policies: [{ name: 'orders', pattern: '^orders\\.', definition: { 'max-length': 1_000 }, priority: 5 }],
    },
    // A write without an effect is tried again within the same run.
    settings: { limits: { backOffSeconds: 10 } },
  },
  input: () => ({ cluster: 'events', mode: 'remediate', reason: 'proof' }),
  before: async () => {},
} as const satisfies Omit<Baseline, 'name'>;

export const policyDriftBaselines: readonly Baseline[] = [
  { ...common, name: 'remediates' },
  { ...common, name: 'fails', stubs: { ObservePolicyChange: broken }, stubsOnce: true },
];
