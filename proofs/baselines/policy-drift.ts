import type { Rehearsal } from '../baseline/rehearsal.ts';
import { east } from '../baseline/rehearsal-stage.ts';
import { broken } from './failover.ts';

const common = {
  machine: 'policy-drift',
  region: east,
  world: {
    paired: false,
    cluster: {
      // One policy lacks the mirroring that the service wants of this version; docs/rabbitmq.md.
      seed: {
        version: '3.10.20',
        queues: [{ name: 'orders.placed', messages: 100 }],
        policies: [{ name: 'orders', pattern: '^orders\\.', definition: { 'max-length': 1_000 }, priority: 5 }],
      },
      // A write without an effect is tried again within the same run.
      settings: { limits: { backOffSeconds: 10 } },
    },
  },
  input: () => ({ cluster: 'events', mode: 'remediate', reason: 'proof' }),
  before: async () => {},
} as const satisfies Omit<Rehearsal, 'name'>;

export const policyDriftRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'remediates' },
  { ...common, name: 'fails', standIns: { ObservePolicyChange: broken }, standInsOnce: true },
];
