import { enterLedger } from '../baseline/enter-ledger.ts';
import type { Rehearsal } from '../baseline/rehearsal.ts';
import { east, type RehearsalStage } from '../baseline/rehearsal-stage.ts';
import { broken, replicated } from './failover.ts';

/** The ledger proves two of five messages processed. */
const partlyProcessed = async (stage: RehearsalStage): Promise<void> => {
  await replicated(stage);
  await enterLedger(stage, east, 'orders.placed', ['m2', 'm4']);
  await stage.sleepSeconds(10);
};

const common = {
  machine: 'reconcile',
  region: east,
  world: { paired: true, reconciles: 'auto' },
  input: () => ({ pair: 'orders', reason: 'proof', mode: 'auto' }),
  before: partlyProcessed,
} as const;

export const reconcileRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'removes what is proved processed' },
  { ...common, name: 'fails before the repair', standIns: { SealManifest: broken }, standInsOnce: true },
];
