import { describe, expect, it } from 'vitest';
import type { GaugeReading } from '../../../functions/brokers/replication-gauges.ts';
import type { Fence } from '../../../functions/control/fence.ts';
import type { Heartbeat } from '../../../functions/control/heartbeat.ts';
import { enforceFencing } from '../../../functions/cutover/enforce-fencing.ts';
import { HookFailed, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { asRole, noonMs, pairedWest, westRef } from '../../support/brokers.ts';
import { FakeFences, FakeGuards, FakeHook, hookArn, pairWithCutover } from '../../support/cutover.ts';
import { FakeBrokers, FakeClock } from '../../support/fake-ports.ts';

const wanted: Fence = {
  region: 'us-west-2',
  brokerId: westRef.brokerId,
  epoch: 2,
  status: 'wanted',
  updatedAtMs: noonMs - 60_000,
};
const applied: Fence = { ...wanted, attemptedAtMs: noonMs - 60_000, appliedAtMs: noonMs - 60_000 };

const setUp = (fence: Fence | undefined, cutover: Parameters<typeof pairWithCutover>[0] = {}) => {
  const clock = new FakeClock();
  const guards = new FakeGuards();
  guards.reading = {
    known: true,
    epoch: {
      number: 2,
      mode: 'FAILOVER',
      primaryBrokerId: 'b-east',
      primaryRegion: 'us-east-1',
      promotedAtMs: noonMs - 60_000,
      executionArn: 'arn:run-1',
    },
  };
  const hook = new FakeHook();
  const brokers = new FakeBrokers(pairedWest());
  const fences = new FakeFences();
  if (fence !== undefined) fences.given(fence);
  const pages: string[] = [];
  const metric: { reading: GaugeReading } = { reading: { known: true, points: [] } };
  const asked: unknown[] = [];
  const there: { heartbeat: Heartbeat | undefined } = { heartbeat: undefined };
  const pair = pairWithCutover({ fencingFunctionArn: { 'us-west-2': hookArn }, ...cutover });
  const enforce = () =>
    enforceFencing(pair, 'us-west-2', {
      ...guards.ports(clock),
      heartbeats: { read: async () => there.heartbeat },
      otherRegion: async () => 'us-east-1',
      fences,
      brokers,
      metrics: {
        read: async (sources) => {
          asked.push(sources);
          return { CurrentConnectionsCount: metric.reading };
        },
      },
      callCustomerHook: hook.call,
      page: async ({ subject }) => void pages.push(subject),
    });
  const count = (value: number, atMs = clock.nowMs()) => {
    metric.reading = { known: true, points: [{ atMs, value }] };
  };
  return { clock, guards, hook, brokers, fences, pages, metric, asked, there, enforce, count };
};

describe('enforceFencing', () => {
  it.each([undefined, 'carried-out', 'undoing', 'undone'] as const)(
    'does nothing for a fence that is %s',
    async (status) => {
      const { enforce, hook } = setUp(status && { ...applied, status });
      expect((await enforce()).outcome).toBe('not-wanted');
      expect(hook.asked).toEqual([]);
    },
  );

  it('asks the hook, then counts the fence as carried out once no client is connected', async () => {
    const { enforce, hook, fences, clock, count, asked } = setUp(wanted);
    expect((await enforce()).outcome).toBe('fenced');
    expect(hook.asked).toEqual([
      { action: 'fence', pair: 'orders', region: 'us-west-2', epoch: 2, brokerId: westRef.brokerId },
    ]);
    expect(fences.at('us-west-2')).toMatchObject({ status: 'wanted', attemptedAtMs: noonMs, appliedAtMs: noonMs });
    count(0, noonMs - 1);
    expect((await enforce()).outcome).toBe('waiting');
    clock.advanceMs(120_000);
    count(0);
    expect((await enforce()).outcome).toBe('carried-out');
    expect(fences.at('us-west-2')?.status).toBe('carried-out');
    expect(hook.asked).toHaveLength(1);
    expect(asked[0]).toEqual([
      { region: 'us-west-2', brokerName: westRef.brokerName, gauges: ['CurrentConnectionsCount'] },
    ]);
  });

  it('asks the hook again while clients stay connected, and counts from then on', async () => {
    const { enforce, hook, fences, count } = setUp(applied);
    count(3);
    expect(await enforce()).toEqual({ outcome: 'clients-connected', detail: '3 connections remain' });
    expect([hook.asked.length, fences.at('us-west-2')?.appliedAtMs]).toEqual([1, noonMs]);
  });

  it('waits where the count cannot be read, and never takes that for zero', async () => {
    const { enforce, metric, fences } = setUp(applied);
    metric.reading = { known: false, reason: 'throttled' };
    expect(await enforce()).toEqual({ outcome: 'waiting', detail: 'throttled' });
    expect(fences.at('us-west-2')?.status).toBe('wanted');
  });

  it('waits until the broker can be read again', async () => {
    const { enforce, brokers, hook } = setUp(wanted);
    brokers.breakReading(westRef.brokerId, new ServiceUnavailable('the Region comes back'));
    expect(await enforce()).toEqual({ outcome: 'waiting', detail: 'the Region comes back' });
    expect(hook.asked).toEqual([]);
  });

  it('lets clients in to the broker that the newest epoch names as the primary', async () => {
    const { enforce, guards, hook, fences, pages } = setUp(applied);
    if (guards.reading.known && guards.reading.epoch) {
      guards.reading = {
        known: true,
        epoch: { ...guards.reading.epoch, number: 3, primaryBrokerId: westRef.brokerId },
      };
    }
    expect((await enforce()).outcome).toBe('lifted');
    expect(hook.asked).toMatchObject([{ action: 'unfence' }]);
    expect(fences.at('us-west-2')?.status).toBe('undone');
    expect(pages).toEqual([`mq-dr INFO: fence of ${westRef.brokerId} lifted, it is the primary of orders`]);
    expect((await enforce()).outcome).toBe('not-wanted');
  });

  it('notes that the broker was a replica, and lifts the fence once it is the primary again, whoever promoted it', async () => {
    const { enforce, hook, fences, pages, brokers, clock } = setUp({ ...applied, status: 'carried-out' });
    expect((await enforce()).outcome).toBe('not-wanted');
    expect(fences.at('us-west-2')?.replicaSeenAtMs).toBe(noonMs);
    brokers.set(pairedWest(asRole('primary')));
    clock.advanceMs(60_000);
    hook.answers.push({ done: false, reason: 'ACL pending' });
    expect((await enforce()).outcome).toBe('lifting');
    expect([(await enforce()).outcome, fences.at('us-west-2')?.status]).toEqual(['lifted', 'undone']);
    expect(pages).toHaveLength(1);
  });

  it('leaves the page to a run that is acting on the pair', async () => {
    const { enforce, pages, guards, there, brokers, clock } = setUp({ ...applied, status: 'carried-out' });
    brokers.set(pairedWest(asRole('primary')));
    there.heartbeat = {
      region: 'us-east-1',
      atMs: clock.nowMs(),
      brokerId: 'b-east',
      role: 'replica',
      state: 'RUNNING',
      endpoint: 'refuses',
    };
    if (!guards.reading.known) throw new TypeError('the guards are known');
    const lock = { owner: 'arn:run', fence: 3, expiresAtMs: noonMs + 300_000, purpose: 'failback' };
    guards.reading = { ...guards.reading, lock };
    expect([(await enforce()).outcome, pages]).toEqual(['lifted', []]);
  });

  it('says once that a fence of the primary cannot be lifted, and goes on trying', async () => {
    const { enforce, pages, hook, brokers } = setUp({ ...applied, status: 'carried-out', replicaSeenAtMs: noonMs });
    brokers.set(pairedWest(asRole('primary')));
    hook.answers.push(new HookFailed('denied'), new HookFailed('denied'));
    expect([(await enforce()).outcome, (await enforce()).outcome]).toEqual(['lift-failed', 'lift-failed']);
    expect(pages).toEqual([
      'mq-dr ACT NOW: primary of orders in us-west-2 may be fenced from its clients (lift-failed)',
    ]);
    expect((await enforce()).outcome).toBe('lifted');
  });

  it.each(['freeze', 'globalFreeze'] as const)('does nothing under a %s', async (freeze) => {
    const { enforce, guards, hook } = setUp(wanted);
    guards.reading = { known: true, [freeze]: { reason: 'audit', by: 'ann', atMs: noonMs } };
    expect(await enforce()).toEqual({ outcome: 'frozen', detail: 'audit' });
    expect(hook.asked).toEqual([]);
  });

  it('does nothing while nobody knows who is the primary', async () => {
    const { enforce, guards, hook } = setUp(wanted);
    guards.reading = { known: false, reason: 'no quorum' };
    expect(await enforce()).toEqual({ outcome: 'waiting', detail: 'no quorum' });
    expect(hook.asked).toEqual([]);
  });

  it('says once that no hook is configured, and keeps the wish', async () => {
    const { enforce, pages, fences } = setUp(wanted, { fencingFunctionArn: {} });
    for (let minute = 0; minute < 3; minute++) expect((await enforce()).outcome).toBe('not-configured');
    expect(pages).toEqual(['mq-dr ACT NOW: old primary of orders in us-west-2 is not fenced (not-configured)']);
    expect(fences.at('us-west-2')).toMatchObject({ status: 'wanted', reported: 'not-configured' });
  });

  it('says once that the hook fails, and goes on asking', async () => {
    const { enforce, pages, hook } = setUp(wanted);
    hook.answers.push(new HookFailed('denied'), new HookFailed('denied'));
    expect([(await enforce()).outcome, (await enforce()).outcome]).toEqual(['hook-failed', 'hook-failed']);
    expect(pages).toEqual(['mq-dr ACT NOW: old primary of orders in us-west-2 is not fenced (hook-failed)']);
    expect((await enforce()).outcome).toBe('fenced');
  });

  it.each([
    ['gives no answer', new ServiceUnavailable('timed out')],
    ['is not done yet', { done: false, reason: 'ACL pending' } as const],
  ])('asks again a minute later when the hook %s', async (_label, answer) => {
    const { enforce, hook, fences, pages } = setUp(wanted);
    hook.answers.push(answer);
    expect((await enforce()).outcome).toBe('waiting');
    expect([fences.at('us-west-2')?.appliedAtMs, pages]).toEqual([undefined, []]);
    expect((await enforce()).outcome).toBe('fenced');
  });

  it('asks no hook once a promotion has taken the wish back', async () => {
    const { enforce, hook, fences } = setUp(wanted);
    fences.beforeChange = () => fences.given({ ...wanted, status: 'undoing' });
    expect((await enforce()).outcome).toBe('overtaken');
    expect(hook.asked).toEqual([]);
  });

  it('notes the attempt before the hook is asked', async () => {
    const { enforce, hook, fences } = setUp(wanted);
    hook.answers.push(new TypeError('a defect'));
    await expect(enforce()).rejects.toThrow('a defect');
    expect(fences.at('us-west-2')?.attemptedAtMs).toBe(noonMs);
  });
});
