import { west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { broken, replicated } from './steps.ts';

/** A switchover that was stopped with its promotion asked for; nobody has settled it. */
const stopped = async (testbed: Testbed): Promise<void> => {
  await replicated(testbed);
  const executionArn = await testbed.start('switchover', west, { pair: 'orders', targetRegion: west, reason: 'proof' });
  while (!testbed.transitions.some(({ stateName }) => stateName === 'WaitForExchange')) await testbed.sleepSeconds(1);
  await testbed.stop(executionArn);
};

const common = {
  machine: 'settle-run',
  region: west,
  unsettled: true,
  before: stopped,
  input: ({ engine }: Testbed) => ({ executionArn: engine.executions()[0]?.executionArn }),
} as const;

export const settleRunBaselines: readonly Baseline[] = [
  { ...common, name: 'observes an open promotion' },
  { ...common, name: 'fails', stubs: { SettleRun: broken }, stubsOnce: true },
];
