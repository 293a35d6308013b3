import type { Rehearsal } from '../baseline/rehearsal.ts';
import { east, type RehearsalStage } from '../baseline/rehearsal-stage.ts';
import { broken, replicated } from './failover.ts';

const common = {
  machine: 'unpair',
  region: east,
  world: { paired: true },
  input: (stage: RehearsalStage) => ({
    pair: 'orders',
    deleteReplica: true,
    replicaBrokerId: stage.replicaId,
    confirm: 'orders',
    reason: 'proof',
  }),
  before: replicated,
} as const;

export const unpairRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'unpairs and deletes the replica' },
  { ...common, name: 'fails before the deletion', standIns: { ObserveUnpairing: broken }, standInsOnce: true },
];
