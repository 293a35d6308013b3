import { expect } from 'vitest';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { runInput } from './reconcile-runs.ts';
import { createLedgerTestbed, type TestbedOptions } from './testbed.ts';

/** How long the way back needs until its gauges show that replication runs, in milliseconds. */
export const reverseMs = 600_000;

/** Promotions that were asked for, in order, as `FAILOVER us-west-2`. */
export const promotionsOf = ({ calls }: Testbed): readonly string[] =>
  calls
    .filter(({ operation }) => operation === 'Promote')
    .map(({ region, request }) => `${/SWITCHOVER|FAILOVER/.exec(JSON.stringify(request))?.[0]} ${region}`);

/** A test bed, and what fails its pair over to the west: the Region is back then, and the way back healthy. */
export const failedOver = async (
  options: TestbedOptions = {},
): Promise<{ readonly testbed: Testbed; readonly failOver: () => Promise<void> }> => {
  const testbed = await createLedgerTestbed({ afterPromotion: 'auto' }, options);
  const failOver = async (): Promise<void> => {
    await testbed.clock.sleepMs(300_000);
    testbed.aws.blackout(east);
    const end = await testbed.run('failover', west, runInput({ acceptDataLoss: true }));
    expect(end.output).toMatchObject({ outcome: 'FailedOver' });
    testbed.aws.restore(east);
    await testbed.clock.sleepMs(reverseMs);
  };
  return { testbed, failOver };
};
