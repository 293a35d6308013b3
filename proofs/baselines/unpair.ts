import { east } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { broken, replicated } from './steps.ts';

const common = {
  machine: 'unpair',
  region: east,
  input: (testbed: Testbed) => ({
    pair: 'orders',
    deleteReplica: true,
    replicaBrokerId: testbed.pair('orders').replicaId,
    confirm: 'orders',
    reason: 'proof',
  }),
  before: replicated,
} as const;

export const unpairBaselines: readonly Baseline[] = [
  { ...common, name: 'unpairs and deletes the replica' },
  { ...common, name: 'fails before the deletion', stubs: { ObserveUnpairing: broken }, stubsOnce: true },
];
