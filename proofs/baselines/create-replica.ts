import type { Rehearsal } from '../baseline/rehearsal.ts';
import { east, type RehearsalStage, west } from '../baseline/rehearsal-stage.ts';
import { broken } from './failover.ts';

const common = {
  machine: 'create-replica',
  region: east,
  world: { paired: false },
  input: (stage: RehearsalStage) => ({
    pair: 'orders',
    primaryBrokerArn: stage.primaryArn,
    replicaRegion: west,
    replicaName: 'orders-replica',
    consoleUserSecretArn: stage.secrets.operator,
    replicationUserSecretArn: stage.secrets.replicator,
    applicationUserSecretArns: [stage.secrets.application],
    reason: 'proof',
  }),
  before: async (stage: RehearsalStage) => {
    await stage.sleepSeconds(60);
    stage.send('orders', 'orders.placed', ['m1', 'm2', 'm3', 'm4', 'm5']);
  },
} as const;

export const createReplicaRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'pairs' },
  {
    ...common,
    name: 'asks before the reboot',
    world: { paired: false, pair: { rebootApproval: 'required', approvalSeconds: 600 } },
    beside: async (stage) => {
      for (;;) {
        await stage.sleepSeconds(30);
        await stage.answerApproval('approved');
      }
    },
  },
  { ...common, name: 'fails after the creation', standIns: { AssessReboot: broken }, standInsOnce: true },
];
