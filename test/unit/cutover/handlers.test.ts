import { afterEach, describe, expect, it } from 'vitest';
import { flushStreams } from '../../../simulator/world/flush-streams.ts';
import type { Testbed } from '../../../testbed/testbed.ts';
import { createTestbed, freeze } from '../../support/testbed.ts';

const west = 'us-west-2';
const east = 'us-east-1';
const executionArn = 'arn:aws:states:us-west-2:123456789012:execution:failover:run-1';

interface Result {
  readonly outcome: string;
  readonly blockers: readonly { readonly code: string }[];
  readonly warnings: readonly { readonly code: string }[];
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly plannedWrites?: readonly unknown[];
}

let open: Testbed | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A test bed whose pair has a customer with consumers, a parameter and a fencing function, and a run that holds the lock. */
const setUp = async (consumers: 'hold' | 'live' = 'live') => {
  const testbed = await createTestbed({ paired: true, consumers });
  open = testbed;
  const run: { executionArn: string; startTime: string; fence: number | null } = {
    executionArn,
    startTime: '2026-01-05T09:00:00.000Z',
    fence: null,
  };
  const call = async (name: string, region: string, event: object = {}): Promise<Result> =>
    (await testbed.invoke(name, region, { pair: 'orders', run, ...event })) as Result;
  const enforce = async (): Promise<unknown> => (await testbed.invoke('enforce-fencing', east, {})) as unknown;
  return {
    testbed,
    pair: testbed.pair('orders'),
    run,
    call,
    enforce,
    /** The run takes the lock, the west broker is failed over to, and its epoch is recorded. */
    failOver: async () => {
      const guards = testbed.operator.guards('PAIR#orders');
      run.fence = (await guards.acquire(executionArn, 'failover', testbed.clock.nowMs())).lock.fence;
      const primary = testbed.broker('orders-replica');
      testbed.dataPlanes.replicationOf(primary.brokerId)?.failover();
      await testbed.clock.sleepMs(30_000);
      await guards.recordEpoch({
        number: 1,
        mode: 'FAILOVER',
        primaryBrokerId: primary.brokerId,
        primaryRegion: west,
        promotedAtMs: testbed.clock.nowMs(),
        executionArn,
      });
    },
    fences: () => testbed.operator.fences,
  };
};

const endpointOf = (testbed: Testbed, brokerName: string) => {
  const [address] = testbed.broker(brokerName).amqpAddresses;
  if (address === undefined) throw new TypeError('a broker has endpoints');
  return address;
};

describe('hold-consumers and release-consumers', () => {
  it('stop the mappings of the promoted Region alone, read it back, and let them go on', async () => {
    const { testbed, pair, call } = await setUp('hold');
    await testbed.play(async () => {
      const at = { west: endpointOf(testbed, 'orders-replica'), east: endpointOf(testbed, 'orders') };
      const dryRun = await call('hold-consumers', west, { epoch: null, dryRun: true });
      expect(dryRun).toMatchObject({ outcome: 'dry-run', plannedWrites: [{ operation: 'UpdateEventSourceMapping' }] });

      expect(await call('hold-consumers', west)).toMatchObject({ outcome: 'pending', plannedWrites: [] });
      expect(pair.consumes(at.west)).toBe(true);
      await testbed.clock.sleepMs(30_000);
      expect((await call('hold-consumers', west)).outcome).toBe('held');
      expect([pair.consumes(at.west), pair.consumes(at.east)]).toEqual([false, true]);

      expect((await call('release-consumers', west)).outcome).toBe('pending');
      await testbed.clock.sleepMs(30_000);
      const released = await call('release-consumers', west);
      expect(released.outcome).toBe('released');
      expect(released).not.toHaveProperty('plannedWrites');
      expect(pair.consumes(at.west)).toBe(true);
      const updates = testbed.calls.filter(({ operation }) => operation === 'UpdateEventSourceMapping');
      expect(updates.map(({ region }) => region)).toEqual([west, west]);
    });
  });

  it('refuse what is frozen, and leave live consumers alone', async () => {
    const { testbed, call } = await setUp('hold');
    await testbed.play(async () => {
      await freeze(testbed, 'PAIR#orders');
      expect(await call('hold-consumers', west)).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
      expect((await call('release-consumers', west)).outcome).toBe('refused');
      testbed.configurePair('orders', {});
      expect((await call('hold-consumers', west)).outcome).toBe('live');
      expect((await call('release-consumers', west)).outcome).toBe('live');
    });
  });
});

describe('publish-endpoint', () => {
  it('names the promoted broker in the parameter and in an event, in its own Region alone', async () => {
    const { testbed, call, failOver } = await setUp();
    await testbed.play(async () => {
      expect(await call('publish-endpoint', west, { epoch: 1 })).toMatchObject({
        outcome: 'refused',
        blockers: [{ code: 'NOT_PRIMARY' }],
      });
      await failOver();
      testbed.calls.length = 0;
      expect((await call('publish-endpoint', west, { epoch: 1 })).outcome).toBe('published');
      const { brokerId } = testbed.broker('orders-replica');
      const document = { pair: 'orders', brokerId, region: west, epoch: 1 };
      expect(JSON.parse(testbed.aws.parameter(west, '/mq-dr/orders/endpoint')?.value ?? '')).toMatchObject(document);
      expect(testbed.aws.parameter(east, '/mq-dr/orders/endpoint')).toBeUndefined();
      expect(testbed.aws.events.events.at(-1)).toMatchObject({
        source: 'mq-dr',
        'detail-type': 'mq-dr endpoint changed',
        region: west,
        detail: document,
      });
      expect(testbed.calls.filter(({ region }) => region === east)).toEqual([]);
    });
  });
});

describe('the fence of an old primary', () => {
  it('keeps clients away once its Region is back, is verified by their count, and is undone by failback', async () => {
    const { testbed, call, enforce, failOver, fences } = await setUp();
    await testbed.play(async () => {
      const old = { region: east, brokerId: testbed.pair('orders').primaryId };
      const oldEndpoint = endpointOf(testbed, 'orders');
      const connects = async (party?: 'mq-dr'): Promise<boolean> =>
        await testbed.aws.connect(oldEndpoint, 1_000, east, party).then(
          async (stream) => {
            stream.destroy();
            await flushStreams();
            return true;
          },
          () => false,
        );
      // A client that stays connected to the old primary, which the failover cuts off from its replica.
      testbed.aws.faults.start({ id: 'link', kind: 'link-cut', regions: [east, west] });
      const client = await testbed.aws.connect(oldEndpoint, 1_000, east);
      client.on('error', () => {});
      await failOver();

      expect(await call('record-fence', west, { epoch: 1, oldPrimary: old })).toMatchObject({ outcome: 'recorded' });
      expect((await call('record-fence', west, { epoch: 1, oldPrimary: old })).outcome).toBe('known');
      expect(client.destroyed).toBe(false);

      expect(await enforce()).toEqual({ outcome: 'enforced', pairs: 1, evidence: { orders: 'fenced' } });
      expect([client.destroyed, await connects(), await connects('mq-dr')]).toEqual([true, false, true]);
      const seen: unknown[] = [];
      for (let minute = 0; minute < 5; minute++) {
        await testbed.clock.sleepMs(60_000);
        seen.push(((await enforce()) as Result).evidence.orders);
      }
      expect(seen).toEqual(['waiting', 'carried-out', 'not-wanted', 'not-wanted', 'not-wanted']);
      expect(await fences().read('orders', east)).toMatchObject({ status: 'carried-out', epoch: 1 });

      const failback = { executionArn: `${executionArn}-back`, startTime: '2026-01-05T10:00:00.000Z' };
      const early = await call('undo-fencing', east, { epoch: 2, run: failback });
      expect(early.blockers.map(({ code }) => code)).toEqual(['LOCK_HELD']);
      const guards = testbed.operator.guards('PAIR#orders');
      await guards.release(executionArn);
      const { lock } = await guards.acquire(failback.executionArn, 'failback', testbed.clock.nowMs());
      const run = { ...failback, fence: lock.fence };
      expect((await call('undo-fencing', east, { epoch: 2, run })).outcome).toBe('undone');
      expect(await connects()).toBe(true);
      expect((await call('undo-fencing', west, { epoch: 2, run })).outcome).toBe('not-fenced');
      expect(((await enforce()) as Result).evidence.orders).toBe('not-wanted');
    });
  });

  it('pages once where no hook is configured, and is refused for a broker that is no old primary', async () => {
    const { testbed, call, enforce, failOver } = await setUp();
    await testbed.play(async () => {
      await failOver();
      testbed.configurePair('orders', {});
      const old = { region: east, brokerId: testbed.pair('orders').primaryId };
      expect(await call('record-fence', west, { epoch: 1, oldPrimary: old })).toMatchObject({
        outcome: 'recorded',
        warnings: [{ code: 'FENCING_NOT_CONFIGURED' }],
      });
      for (let minute = 0; minute < 3; minute++) {
        expect(((await enforce()) as Result).evidence.orders).toBe('not-configured');
      }
      expect(testbed.aws.notifications().map(({ subject, region }) => [region, subject])).toEqual([
        [east, 'mq-dr ACT NOW: old primary of orders in us-east-1 is not fenced (not-configured)'],
      ]);
      const { brokerId } = testbed.broker('orders-replica');
      const wrong = call('record-fence', west, { epoch: 1, oldPrimary: { region: west, brokerId } });
      await expect(wrong).rejects.toMatchObject({ error: 'InvalidInput' });
    });
  });

  it('is not lost to the others when one pair cannot be looked at', async () => {
    const { testbed, enforce } = await setUp();
    testbed.deployPairs([{ name: 'orders' }, { name: 'billing' }]);
    testbed.aws.faults.start({ kind: 'access-denied', service: 'dynamodb', operation: 'GetItem', count: 1 });
    await testbed.play(async () => {
      expect(await enforce()).toEqual({
        outcome: 'enforced',
        pairs: 2,
        evidence: { orders: 'failed', billing: 'not-wanted' },
      });
    });
  });
});
