import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { broken, replicated } from './steps.ts';

/** The pair has failed over, the old primary was fenced and is a healthy replica by now. */
const failedOver = async (testbed: Testbed): Promise<void> => {
  await replicated(testbed);
  await testbed.end(await testbed.start('failover', west, { pair: 'orders', reason: 'proof', acceptDataLoss: true }));
  await testbed.sleepSeconds(60);
  await testbed.invokeAsEvent('enforce-fencing', east, {});
  await testbed.sleepSeconds(540);
};

const common = {
  machine: 'failback',
  region: east,
  input: () => ({ pair: 'orders', reason: 'proof' }),
  before: failedOver,
} as const;

export const failbackBaselines: readonly Baseline[] = [
  { ...common, name: 'fails back' },
  {
    ...common,
    name: 'fails back and reconciles once more',
    pair: { ledger: { afterPromotion: 'report' } },
    // The switchover's own reconciliation fails.
    stubs: { 'reconcile/ScanQueues': broken },
    stubsOnce: true,
  },
  { ...common, name: 'fails before the switchover', stubs: { UndoFencing: broken }, stubsOnce: true },
];
