import { sendMessages } from '../../testbed/messages.ts';
import { createReplicaInput, east } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { approves, broken } from './steps.ts';

const common = {
  machine: 'create-replica',
  region: east,
  pair: { paired: false },
  input: (testbed: Testbed) => createReplicaInput(testbed, { reason: 'proof' }),
  before: async (testbed: Testbed) => {
    await testbed.sleepSeconds(60);
    sendMessages(testbed, 'orders', 'orders.placed', ['m1', 'm2', 'm3', 'm4', 'm5']);
  },
} as const;

export const createReplicaBaselines: readonly Baseline[] = [
  { ...common, name: 'pairs' },
  {
    ...common,
    name: 'asks before the reboot',
    pair: { paired: false, settings: { rebootApproval: 'required', approvalSeconds: 600 } },
    meanwhile: approves,
  },
  { ...common, name: 'fails after the creation', stubs: { AssessReboot: broken }, stubsOnce: true },
];
