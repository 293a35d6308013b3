import { enterLedger } from '../../testbed/messages.ts';
import { east } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { broken, replicated } from './steps.ts';

/** The ledger proves two of five messages processed. */
const partlyProcessed = async (testbed: Testbed): Promise<void> => {
  await replicated(testbed);
  await enterLedger(testbed, east, 'orders.placed', ['m2', 'm4']);
  await testbed.sleepSeconds(10);
};

const common = {
  machine: 'reconcile',
  region: east,
  pair: { ledger: { afterPromotion: 'auto' } },
  input: () => ({ pair: 'orders', reason: 'proof', mode: 'auto' }),
  before: partlyProcessed,
} as const;

export const reconcileBaselines: readonly Baseline[] = [
  { ...common, name: 'removes what the ledger proves processed' },
  { ...common, name: 'fails before the repair', stubs: { SealManifest: broken }, stubsOnce: true },
];
