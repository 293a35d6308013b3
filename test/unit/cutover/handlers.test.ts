import { afterEach, describe, expect, it } from 'vitest';
import { ControlItems } from '../../../functions/control/control-items.ts';
import { FenceTable } from '../../../functions/cutover/adapters/fence-table.ts';
import { currentRuntime } from '../../../functions/runtime/runtime.ts';
import { flushStreams } from '../../../simulator/world/flush-streams.ts';
import { addTeamCutover } from '../../../testbed/team-cutover.ts';
import { WorkflowStage } from '../../support/workflow-stage.ts';

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

let open: WorkflowStage | undefined;
afterEach(async () => {
  await open?.stage.close();
  open = undefined;
});

/** A stage whose pair has a team with consumers, a parameter and a fencing function, and a run that holds the lock. */
const setUp = async (consumers: 'hold' | 'live' = 'live') => {
  const test = await WorkflowStage.create({ paired: true });
  open = test;
  const { stage } = test;
  const team = addTeamCutover(stage.aws, {
    name: 'orders',
    regions: [east, west],
    consumers,
    brokers: () => stage.aws.brokers(),
  });
  test.configure({ cutover: team.settings });
  const run: { executionArn: string; startTime: string; fence: number | null } = {
    executionArn,
    startTime: '2026-01-05T09:00:00.000Z',
    fence: null,
  };
  const call = async (name: string, region: string, event: object = {}): Promise<Result> =>
    (await stage.invoke(name, region, { pair: 'orders', run, ...event })) as Result;
  const enforce = async (): Promise<unknown> => (await stage.invoke('enforce-fencing', east, {})) as unknown;
  return {
    test,
    stage,
    team,
    run,
    call,
    enforce,
    /** The run takes the lock, the west broker is failed over to, and its epoch is recorded. */
    failOver: async () => {
      const guards = test.guardTable('PAIR#orders');
      run.fence = (await guards.acquire(executionArn, 'failover', stage.clock.nowMs())).lock.fence;
      const primary = test.broker('orders-replica');
      stage.dataPlanes.replicationOf(primary.brokerId)?.failover();
      await stage.clock.sleepMs(30_000);
      await guards.recordEpoch({
        number: 1,
        mode: 'FAILOVER',
        primaryBrokerId: primary.brokerId,
        primaryRegion: west,
        promotedAtMs: stage.clock.nowMs(),
        executionArn,
      });
    },
    fences: () => {
      const runtime = { ...currentRuntime(), clock: stage.clock, random: () => 0.5, aws: stage.aws.clientSettings() };
      return new FenceTable(new ControlItems(runtime, { region: 'us-east-2', tableName: 'mq-dr-control' }));
    },
  };
};

const endpointOf = (test: WorkflowStage, brokerName: string) => {
  const [address] = test.broker(brokerName).amqpAddresses;
  if (address === undefined) throw new TypeError('a broker has endpoints');
  return address;
};

describe('hold-consumers and release-consumers', () => {
  it('stop the mappings of the promoted Region alone, read it back, and let them go on', async () => {
    const { test, stage, team, call } = await setUp('hold');
    await test.play(async () => {
      const at = { west: endpointOf(test, 'orders-replica'), east: endpointOf(test, 'orders') };
      const dryRun = await call('hold-consumers', west, { epoch: null, dryRun: true });
      expect(dryRun).toMatchObject({ outcome: 'dry-run', plannedWrites: [{ operation: 'UpdateEventSourceMapping' }] });

      expect(await call('hold-consumers', west)).toMatchObject({ outcome: 'pending', plannedWrites: [] });
      expect(team.consumes(at.west)).toBe(true);
      await stage.clock.sleepMs(30_000);
      expect((await call('hold-consumers', west)).outcome).toBe('held');
      expect([team.consumes(at.west), team.consumes(at.east)]).toEqual([false, true]);

      expect((await call('release-consumers', west)).outcome).toBe('pending');
      await stage.clock.sleepMs(30_000);
      const released = await call('release-consumers', west);
      expect(released.outcome).toBe('released');
      expect(released).not.toHaveProperty('plannedWrites');
      expect(team.consumes(at.west)).toBe(true);
      const updates = test.calls.filter(({ operation }) => operation === 'UpdateEventSourceMapping');
      expect(updates.map(({ region }) => region)).toEqual([west, west]);
    });
  });

  it('refuse what is frozen, and leave live consumers alone', async () => {
    const { test, call } = await setUp('hold');
    await test.play(async () => {
      await test.freeze('PAIR#orders');
      expect(await call('hold-consumers', west)).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
      expect((await call('release-consumers', west)).outcome).toBe('refused');
      test.configure({});
      expect((await call('hold-consumers', west)).outcome).toBe('live');
      expect((await call('release-consumers', west)).outcome).toBe('live');
    });
  });
});

describe('publish-endpoint', () => {
  it('names the promoted broker in the parameter and in an event, in its own Region alone', async () => {
    const { test, stage, call, failOver } = await setUp();
    await test.play(async () => {
      expect(await call('publish-endpoint', west, { epoch: 1 })).toMatchObject({
        outcome: 'refused',
        blockers: [{ code: 'NOT_PRIMARY' }],
      });
      await failOver();
      test.calls.length = 0;
      expect((await call('publish-endpoint', west, { epoch: 1 })).outcome).toBe('published');
      const { brokerId } = test.broker('orders-replica');
      const document = { pair: 'orders', brokerId, region: west, epoch: 1 };
      expect(JSON.parse(stage.aws.parameter(west, '/mq-dr/orders/endpoint')?.value ?? '')).toMatchObject(document);
      expect(stage.aws.parameter(east, '/mq-dr/orders/endpoint')).toBeUndefined();
      expect(stage.aws.events.events.at(-1)).toMatchObject({
        source: 'mq-dr',
        'detail-type': 'mq-dr endpoint changed',
        region: west,
        detail: document,
      });
      expect(test.calls.filter(({ region }) => region === east)).toEqual([]);
    });
  });
});

describe('the fence of an old primary', () => {
  it('keeps clients away once its Region is back, is verified by their count, and is undone by failback', async () => {
    const { test, stage, call, enforce, failOver, fences } = await setUp();
    await test.play(async () => {
      const old = { region: east, brokerId: test.primaryId };
      const oldEndpoint = endpointOf(test, 'orders');
      const connects = async (party?: 'mq-dr'): Promise<boolean> =>
        await stage.aws.connect(oldEndpoint, 1_000, east, party).then(
          async (stream) => {
            stream.destroy();
            await flushStreams();
            return true;
          },
          () => false,
        );
      // A client that stays connected to the old primary, which the failover cuts off from its replica.
      stage.aws.faults.start({ id: 'link', kind: 'link-cut', regions: [east, west] });
      const client = await stage.aws.connect(oldEndpoint, 1_000, east);
      client.on('error', () => {});
      await failOver();

      expect(await call('record-fence', west, { epoch: 1, oldPrimary: old })).toMatchObject({ outcome: 'recorded' });
      expect((await call('record-fence', west, { epoch: 1, oldPrimary: old })).outcome).toBe('known');
      expect(client.destroyed).toBe(false);

      expect(await enforce()).toEqual({ outcome: 'enforced', pairs: 1, evidence: { orders: 'fenced' } });
      expect([client.destroyed, await connects(), await connects('mq-dr')]).toEqual([true, false, true]);
      const seen: unknown[] = [];
      for (let minute = 0; minute < 5; minute++) {
        await stage.clock.sleepMs(60_000);
        seen.push(((await enforce()) as Result).evidence.orders);
      }
      expect(seen).toEqual(['waiting', 'carried-out', 'not-wanted', 'not-wanted', 'not-wanted']);
      expect(await fences().read('orders', east)).toMatchObject({ status: 'carried-out', epoch: 1 });

      const failback = { executionArn: `${executionArn}-back`, startTime: '2026-01-05T10:00:00.000Z' };
      const early = await call('undo-fencing', east, { epoch: 2, run: failback });
      expect(early.blockers.map(({ code }) => code)).toEqual(['LOCK_HELD']);
      const guards = test.guardTable('PAIR#orders');
      await guards.release(executionArn);
      const { lock } = await guards.acquire(failback.executionArn, 'failback', stage.clock.nowMs());
      const run = { ...failback, fence: lock.fence };
      expect((await call('undo-fencing', east, { epoch: 2, run })).outcome).toBe('undone');
      expect(await connects()).toBe(true);
      expect((await call('undo-fencing', west, { epoch: 2, run })).outcome).toBe('not-fenced');
      expect(((await enforce()) as Result).evidence.orders).toBe('not-wanted');
    });
  });

  it('pages once where no hook is configured, and is refused for a broker that is no old primary', async () => {
    const { test, stage, call, enforce, failOver } = await setUp();
    await test.play(async () => {
      await failOver();
      test.configure({});
      const old = { region: east, brokerId: test.primaryId };
      expect(await call('record-fence', west, { epoch: 1, oldPrimary: old })).toMatchObject({
        outcome: 'recorded',
        warnings: [{ code: 'FENCING_NOT_CONFIGURED' }],
      });
      for (let minute = 0; minute < 3; minute++) {
        expect(((await enforce()) as Result).evidence.orders).toBe('not-configured');
      }
      expect(stage.aws.notifications().map(({ subject, region }) => [region, subject])).toEqual([
        [east, 'mq-dr ACT NOW: old primary of orders in us-east-1 is not fenced (not-configured)'],
      ]);
      const { brokerId } = test.broker('orders-replica');
      const wrong = call('record-fence', west, { epoch: 1, oldPrimary: { region: west, brokerId } });
      await expect(wrong).rejects.toMatchObject({ error: 'InvalidInput' });
    });
  });

  it('is not lost to the others when one pair cannot be looked at', async () => {
    const { test, stage, enforce } = await setUp();
    stage.configurePairs([{ name: 'orders' }, { name: 'billing' }]);
    stage.aws.faults.start({ kind: 'access-denied', service: 'dynamodb', operation: 'GetItem', count: 1 });
    await test.play(async () => {
      expect(await enforce()).toEqual({
        outcome: 'enforced',
        pairs: 2,
        evidence: { orders: 'failed', billing: 'not-wanted' },
      });
    });
  });
});
