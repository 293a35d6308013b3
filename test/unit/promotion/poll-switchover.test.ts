import { describe, expect, it } from 'vitest';
import type { Heartbeat } from '../../../functions/control/heartbeat.ts';
import { pollSwitchover } from '../../../functions/promotion/poll-switchover.ts';
import { newPollMemory, type PollMemory } from '../../../functions/promotion/switchover-progress.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import {
  asRole,
  eastRef,
  healthyGauges,
  minutely,
  noonMs,
  ordersPair,
  pairedEast,
  pairedWest,
  unreadableGauge,
} from '../../support/brokers.ts';
import { FakeBrokers, FakeClock, FakeControl, FakeMetrics } from '../../support/fake-ports.ts';

const beat: Heartbeat = {
  region: 'us-east-1',
  atMs: noonMs - 30_000,
  brokerId: eastRef.brokerId,
  role: 'primary',
  state: 'RUNNING',
  endpoint: 'refuses',
  backlogEvents: 55,
};
/** Ten minutes after the request, without progress since. */
const stalled: PollMemory = { ...newPollMemory(noonMs - 600_000), lowestBacklogEvents: 1 };

const setup = (escalation: object = { mode: 'never' }) => {
  const brokers = new FakeBrokers(pairedEast(), pairedWest());
  const control = new FakeControl();
  const metrics = new FakeMetrics(healthyGauges());
  const asked: string[] = [];
  const given = { heartbeat: async (): Promise<Heartbeat | undefined> => beat };
  const heartbeats = {
    read: (pair: string, region: string) => {
      asked.push(`${pair} ${region}`);
      return given.heartbeat();
    },
  };
  const look = (watch: PollMemory, approvalId = 'none') =>
    pollSwitchover(
      { pair: ordersPair({ escalation }), targetRegion: 'us-west-2', watch, approvalId },
      { brokers, control, metrics, heartbeats, clock: new FakeClock() },
    );
  return { brokers, control, metrics, asked, given, look };
};

const approval = (status: 'open' | 'approved' | 'denied', expiresAtMs = noonMs + 1) => ({
  pair: 'orders',
  approvalId: 'a1',
  question: 'Fail over?',
  status,
  expiresAtMs,
  executionArn: 'arn:run',
});

describe('pollSwitchover', () => {
  it('settles an exchange', async () => {
    const { brokers, look } = setup();
    brokers.set(pairedEast(asRole('replica')), pairedWest(asRole('primary')));
    expect(await look(stalled)).toMatchObject({
      progress: { phase: 'exchanged' },
      escalation: { action: 'settle' },
      approval: 'none',
    });
  });

  it('waits while there is progress, and says when to look again', async () => {
    const { look } = setup();
    expect(await look(newPollMemory(noonMs - 5_000))).toMatchObject({
      progress: { phase: 'waiting', watch: { looks: 1 } },
      escalation: { action: 'wait' },
      nextSeconds: 5,
    });
  });

  it('forecasts the end of a drain', async () => {
    const { metrics, look } = setup();
    metrics.gauges = healthyGauges({ QueueSize: minutely([9_000, 6_000, 3_000]) });
    const { forecast } = await look(newPollMemory(noonMs - 60_000));
    expect(forecast).toMatchObject({ backlogEvents: 3_000, ratePerSecond: 50, remainingSeconds: 0 });
  });

  it("takes the gauge for the loss, and asks the primary's heartbeat only without one", async () => {
    const { metrics, asked, look } = setup();
    metrics.gauges = healthyGauges({ QueueSize: minutely([90, 40]) });
    expect((await look(stalled)).predictedLoss).toEqual({ known: true, events: 40, ageSeconds: 60, current: true });
    expect(asked).toEqual([]);
    metrics.gauges = healthyGauges({ QueueSize: unreadableGauge() });
    expect((await look(stalled)).predictedLoss).toEqual({ known: true, events: 55, ageSeconds: 30, current: true });
    expect(asked).toEqual(['orders us-east-1']);
  });

  it.each([
    ['there is none', async () => undefined],
    ['it cannot be read', () => Promise.reject(new ServiceUnavailable('no answer'))],
  ])('knows no loss without a gauge when the heartbeat is missing: %s', async (_label, heartbeat) => {
    const { metrics, given, look } = setup({ mode: 'auto', lossBudgetEvents: 1_000_000 });
    metrics.gauges = healthyGauges({ QueueSize: unreadableGauge() });
    given.heartbeat = heartbeat;
    expect(await look(stalled)).toMatchObject({ predictedLoss: { known: false }, escalation: { action: 'ask' } });
  });

  it.each([
    ['gives up', { mode: 'never' }, 'give-up'],
    ['asks', { mode: 'ask' }, 'ask'],
    ['fails over within the budget', { mode: 'auto', lossBudgetEvents: 40 }, 'escalate'],
    ['asks beyond the budget', { mode: 'auto', lossBudgetEvents: 39 }, 'ask'],
  ])('%s when it has stalled, as the pair has it', async (_label, policy, action) => {
    const { look } = setup(policy);
    expect(await look(stalled)).toMatchObject({ progress: { phase: 'stalled' }, escalation: { action } });
  });

  it.each([
    ['open', approval('open'), 'wait'],
    ['approved', approval('approved'), 'escalate'],
    ['denied', approval('denied'), 'give-up'],
    ['expired', approval('open', noonMs), 'give-up'],
    ['gone', undefined, 'give-up'],
  ] as const)('goes on looking at the question it has asked: %s', async (_label, item, action) => {
    const { control, look } = setup({ mode: 'ask' });
    if (item !== undefined) control.approvals.set('orders/a1', item);
    expect(await look(stalled, 'a1')).toMatchObject({ progress: { phase: 'stalled' }, escalation: { action } });
  });

  it('settles an exchange that completes while the question is open', async () => {
    const { brokers, control, look } = setup({ mode: 'ask' });
    control.approvals.set('orders/a1', approval('open'));
    brokers.set(pairedEast(asRole('replica')), pairedWest(asRole('primary')));
    expect(await look(stalled, 'a1')).toMatchObject({ approval: 'open', escalation: { action: 'settle' } });
  });

  it('decides nothing about brokers that contradict each other for too long', async () => {
    const { brokers, look } = setup({ mode: 'auto', lossBudgetEvents: 1_000_000 });
    brokers.set(pairedWest(asRole('primary')));
    const first = await look(newPollMemory(noonMs));
    expect(first).toMatchObject({ progress: { phase: 'waiting' }, escalation: { action: 'wait' } });
    const later = await look({ ...first.progress.watch, contradictorySinceMs: noonMs - 60_000 });
    expect(later).toMatchObject({ progress: { phase: 'unsafe' }, escalation: undefined });
  });
});
