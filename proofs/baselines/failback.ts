import type { Rehearsal } from '../baseline/rehearsal.ts';
import { east, type RehearsalStage, west } from '../baseline/rehearsal-stage.ts';
import { broken, replicated } from './failover.ts';

/** The pair has failed over, the old primary was fenced and is a healthy replica by now. */
const failedOver = async (stage: RehearsalStage): Promise<void> => {
  await replicated(stage);
  await stage.end(await stage.start('failover', west, { pair: 'orders', reason: 'proof', acceptDataLoss: true }));
  await stage.sleepSeconds(60);
  await stage.invoke('enforce-fencing', east, {});
  await stage.sleepSeconds(540);
};

const common = {
  machine: 'failback',
  region: east,
  world: { paired: true },
  input: () => ({ pair: 'orders', reason: 'proof' }),
  before: failedOver,
} as const;

export const failbackRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'fails back' },
  {
    ...common,
    name: 'fails back and reconciles once more',
    world: { paired: true, reconciles: 'report' },
    // The switchover's own reconciliation fails.
    standIns: { 'reconcile/ScanQueues': broken },
    standInsOnce: true,
  },
  { ...common, name: 'fails before the switchover', standIns: { UndoFencing: broken }, standInsOnce: true },
];
