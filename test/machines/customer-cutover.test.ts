import { describe, expect, it } from 'vitest';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { createTestbed } from '../support/testbed.ts';

/** A pair whose customer has consumers as mappings, an endpoint parameter and a fencing function. */
const withConsumers = (consumers: 'hold' | 'live') => createTestbed({ paired: true, consumers });

const endpointOf = (testbed: Testbed, brokerName: string) => {
  const [address] = testbed.broker(brokerName).amqpAddresses;
  if (address === undefined) throw new TypeError('a broker has endpoints');
  return address;
};

const failover = { pair: 'orders', reason: 'test', acceptDataLoss: true };

describe('a promotion with a customer’s own cutover', () => {
  it('holds the consumers before a failover, and lets them go on before it names the endpoint', async () => {
    const testbed = await withConsumers('hold');
    const pair = testbed.pair('orders');
    const { aws } = testbed;
    const heldAtPromote: boolean[] = [];
    aws.onApiCall(({ operation }) => {
      if (operation === 'Promote') heldAtPromote.push(!pair.consumes(endpointOf(testbed, 'orders-replica')));
    });
    const order: string[] = [];
    aws.onApiCall(({ service, operation, region }) => {
      const shown = ['UpdateEventSourceMapping', 'Promote', 'PutParameter', 'PutEvents'];
      if (shown.includes(operation)) order.push(`${service} ${operation} ${region}`);
    });
    const end = await testbed.play(async () => {
      await testbed.clock.sleepMs(300_000);
      aws.blackout(east);
      return await testbed.run('failover', west, failover);
    });
    expect(end.output).toMatchObject({ outcome: 'FailedOver' });
    expect(heldAtPromote).toEqual([true]);
    expect(pair.consumes(endpointOf(testbed, 'orders-replica'))).toBe(true);
    expect(order).toEqual([
      `lambda UpdateEventSourceMapping ${west}`,
      `mq Promote ${west}`,
      `lambda UpdateEventSourceMapping ${west}`,
      `ssm PutParameter ${west}`,
      `events PutEvents ${west}`,
    ]);
    const { brokerId } = testbed.broker('orders-replica');
    expect(JSON.parse(aws.parameter(west, '/mq-dr/orders/endpoint')?.value ?? '')).toMatchObject({
      brokerId,
      epoch: 1,
    });
  });

  it('fences the old primary once its Region is back, and lets its clients in when it is promoted again', async () => {
    const testbed = await withConsumers('live');
    const { aws, clock } = testbed;
    const connects = async (): Promise<boolean> =>
      await aws.connect(endpointOf(testbed, 'orders'), 1_000, east).then(
        (stream) => Boolean(stream.destroy()),
        () => false,
      );
    const denied = () => aws.faults.active('clients-denied').map(({ brokerName }) => brokerName);
    await testbed.play(async () => {
      await clock.sleepMs(300_000);
      aws.blackout(east);
      expect((await testbed.run('failover', west, failover)).output).toMatchObject({ outcome: 'FailedOver' });
      await clock.sleepMs(60_000);
      expect(denied()).toEqual([]);
      aws.restore(east);
      await testbed.invoke('enforce-fencing', east, {});
      await testbed.invoke('enforce-fencing', west, {});
      expect(denied()).toEqual(['orders']);
      // The pair replicates the other way round by now; the original primary takes over again.
      await clock.sleepMs(600_000);
      const back = await testbed.run('switchover', east, { pair: 'orders', targetRegion: east, reason: 'failback' });
      expect(back.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect([denied(), await connects()]).toEqual([[], true]);
      expect(JSON.parse(aws.parameter(east, '/mq-dr/orders/endpoint')?.value ?? '')).toMatchObject({ epoch: 2 });
    });
  });
});
