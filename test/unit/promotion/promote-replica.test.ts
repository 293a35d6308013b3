import { describe, expect, it } from 'vitest';
import type { EndpointState } from '../../../functions/brokers/broker-endpoints.ts';
import type { Intent } from '../../../functions/control/intent.ts';
import { promoteReplica } from '../../../functions/promotion/promote-replica.ts';
import { switchoverInputSchema } from '../../../functions/promotion/switchover-input.ts';
import { promotionSettleMs } from '../../../functions/promotion/switchover-step.ts';
import {
  ControlConflict,
  LockLost,
  OutcomeUnknown,
  RequestRejected,
  ServiceUnavailable,
  UnsafeTopology,
} from '../../../functions/runtime/errors.ts';
import {
  asRole,
  eastRef,
  healthyGauges,
  minutely,
  noonMs,
  ordersPair,
  pairedEast,
  pairedWest,
  westRef,
} from '../../support/brokers.ts';
import {
  earlierIntent,
  FakeBrokers,
  FakeClock,
  FakeControl,
  FakeFinalCheck,
  FakeMetrics,
} from '../../support/fake-ports.ts';

const setup = () => {
  const brokers = new FakeBrokers(pairedEast(), pairedWest());
  const control = new FakeControl();
  const clock = new FakeClock();
  const metrics = new FakeMetrics(healthyGauges());
  const finalCheck = new FakeFinalCheck();
  const clients = { state: 'accepts' as EndpointState, probes: 0 };
  brokers.onWrite = () => {
    clients.state = 'refuses';
  };
  const probe = async () => {
    clients.probes += 1;
    return clients.state;
  };
  const request = (changes: { dryRun?: boolean; targetRegion?: string } = {}) =>
    promoteReplica(
      switchoverInputSchema.parse({ pair: 'orders', targetRegion: 'us-west-2', reason: 'test', ...changes }),
      ordersPair(),
      { executionArn: 'arn:run', region: 'us-west-2' },
      { brokers, control, clock, metrics, probe, finalCheck: finalCheck.check },
    );
  const exchange = () => brokers.set(pairedEast(asRole('replica')), pairedWest(asRole('primary')));
  return { brokers, control, clock, metrics, clients, finalCheck, request, exchange };
};

const intentOf = (ageMs: number, changes: Partial<Intent> = {}) =>
  earlierIntent('Promote', { subject: westRef.brokerId, openedAtMs: noonMs - ageMs, ...changes });

describe('promoteReplica', () => {
  it('asks the target to take over, under an intent', async () => {
    const { brokers, control, request, clients } = setup();
    expect(await request()).toEqual({ outcome: 'requested', requestedAtMs: noonMs });
    expect(brokers.calls).toEqual([`Promote ${westRef.brokerId} SWITCHOVER`]);
    expect(control.writes).toEqual(['open Promote 1', 'issued Promote 1']);
    expect(clients.probes).toBe(0);
  });

  it('counts the intents of a pair on', async () => {
    const { control, request } = setup();
    control.given(intentOf(9_000_000, { sequence: 6, status: 'settled', settledAs: 'effective' }));
    await request();
    expect(control.writes).toEqual(['open Promote 7', 'issued Promote 7']);
  });

  it('refuses with all reasons and writes nothing', async () => {
    const { brokers, control, metrics, request } = setup();
    brokers.set(pairedEast({ state: 'REBOOT_IN_PROGRESS' }));
    metrics.gauges = {};
    expect(await request()).toMatchObject({
      outcome: 'refused',
      blockers: [{ code: 'COUNTERPART_NOT_RUNNING' }, { code: 'REPLICATION_ABSENT' }],
    });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('lists the write of a dry run and makes none', async () => {
    const { brokers, control, request } = setup();
    expect(await request({ dryRun: true })).toEqual({
      outcome: 'dry-run',
      plannedWrites: [
        {
          service: 'mq',
          operation: 'Promote',
          region: 'us-west-2',
          request: { BrokerId: westRef.brokerId, Mode: 'SWITCHOVER' },
        },
      ],
    });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it.each([
    ['the target is the primary already', true, intentOf(60_000)],
    ['the promotion is under way', false, intentOf(60_000, { status: 'issued' })],
  ])('has no write to list in a dry run when %s', async (_label, exchanged, intent) => {
    const { brokers, control, request, exchange } = setup();
    control.given(intent);
    if (exchanged) exchange();
    expect(await request({ dryRun: true })).toEqual({ outcome: 'dry-run', plannedWrites: [] });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('asks nothing of a pair that is exchanged already', async () => {
    const { brokers, request, exchange } = setup();
    exchange();
    expect(await request()).toEqual({ outcome: 'already-primary', requestedAtMs: noonMs, mode: 'SWITCHOVER' });
    expect(brokers.calls).toEqual([]);
  });

  it.each([
    ['a failover that an earlier run escalated to', intentOf(60_000, { mode: 'FAILOVER' }), 'FAILOVER'],
    ['an open switchover', intentOf(60_000), 'SWITCHOVER'],
    [
      'a failover that was settled before',
      intentOf(60_000, { mode: 'FAILOVER', status: 'settled', settledAs: 'effective' }),
      'SWITCHOVER',
    ],
    [
      'an open failover of the other broker',
      intentOf(60_000, { mode: 'FAILOVER', subject: eastRef.brokerId }),
      'SWITCHOVER',
    ],
  ])('says that the target is the primary by %s', async (_label, intent, mode) => {
    const { brokers, control, request, exchange } = setup();
    control.given(intent);
    exchange();
    expect(await request()).toMatchObject({ outcome: 'already-primary', mode });
    expect(brokers.calls).toEqual([]);
  });

  it('recognises its own request after an answer was lost: the primary has closed', async () => {
    const { brokers, control, clock, request } = setup();
    brokers.nextWrite = 'answer lost';
    await expect(request()).rejects.toThrow(OutcomeUnknown);
    clock.advanceMs(5_000);
    expect(await request()).toEqual({ outcome: 'under-way', requestedAtMs: noonMs });
    expect(brokers.calls).toHaveLength(1);
    expect(control.writes).toEqual(['open Promote 1']);
  });

  it('recognises a request that was carried out but never marked as issued', async () => {
    const { brokers, control, request } = setup();
    control.failNextWrite = { method: 'markIssued', error: new ServiceUnavailable('table busy') };
    await expect(request()).rejects.toThrow('table busy');
    expect(await request()).toMatchObject({ outcome: 'under-way' });
    expect(brokers.calls).toHaveLength(1);
  });

  it('waits with an unconfirmed young request while the primary still takes clients', async () => {
    const { brokers, control, request } = setup();
    control.given(intentOf(promotionSettleMs - 1));
    await expect(request()).rejects.toThrow(OutcomeUnknown);
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('overrides an unconfirmed old request when the primary still takes clients', async () => {
    const { brokers, control, request } = setup();
    control.given(intentOf(promotionSettleMs));
    expect(await request()).toMatchObject({ outcome: 'requested' });
    expect(brokers.calls).toHaveLength(1);
    expect(control.writes).toEqual(['not-effective Promote 1', 'open Promote 2', 'issued Promote 2']);
  });

  it('watches an unconfirmed request when nobody can tell whether the primary has closed', async () => {
    const { brokers, control, clients, request } = setup();
    control.given(intentOf(promotionSettleMs));
    clients.state = 'unreachable';
    expect(await request()).toMatchObject({ outcome: 'under-way' });
    expect(brokers.calls).toEqual([]);
  });

  it('does not report a refusal while its own request is under way and the target cannot be read', async () => {
    const { brokers, control, request } = setup();
    control.given(intentOf(5_000, { status: 'issued' }));
    brokers.breakReading(westRef.brokerId, new ServiceUnavailable('throttled'));
    expect(await request()).toMatchObject({ outcome: 'under-way' });
    expect(brokers.calls).toEqual([]);
  });

  it('closes an earlier promotion of the other broker that was completed by hand', async () => {
    const { control, request } = setup();
    control.given(intentOf(9_000_000, { subject: eastRef.brokerId, status: 'issued' }));
    expect(await request()).toMatchObject({ outcome: 'requested' });
    expect(control.writes).toEqual(['effective Promote 1', 'open Promote 2', 'issued Promote 2']);
  });

  it('closes the intent as rejected when the service refuses, so that a later attempt may follow', async () => {
    const { brokers, control, request } = setup();
    brokers.nextWrite = new RequestRejected('not now');
    await expect(request()).rejects.toThrow('not now');
    expect(await request()).toMatchObject({ outcome: 'requested' });
    expect(control.writes).toEqual(['open Promote 1', 'rejected Promote 1', 'open Promote 2', 'issued Promote 2']);
  });

  it('reports the refusal even when the intent cannot be closed', async () => {
    const { brokers, control, request } = setup();
    brokers.nextWrite = new RequestRejected('not now');
    control.failNextWrite = { method: 'settleIntent', error: new ServiceUnavailable('table busy') };
    await expect(request()).rejects.toThrow('not now');
  });

  it('promotes nothing when another run opened the intent first', async () => {
    const { brokers, control, request } = setup();
    control.failNextWrite = { method: 'openIntent', error: new ControlConflict('another run') };
    await expect(request()).rejects.toThrow(ControlConflict);
    expect(brokers.calls).toEqual([]);
  });

  it.each([
    ['a real run', false],
    ['a dry run', true],
  ])('refuses %s by what speaks against it right before the write', async (_label, dryRun) => {
    const { brokers, control, finalCheck, request } = setup();
    finalCheck.blockers = [{ code: 'FROZEN', message: 'ann froze this pair', evidence: {} }];
    expect(await request({ dryRun })).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('leaves an ineffective request open when the final check blocks, for a later run to settle', async () => {
    const { brokers, control, finalCheck, request } = setup();
    control.given(intentOf(promotionSettleMs));
    finalCheck.blockers = [{ code: 'FROZEN', message: 'ann froze this pair', evidence: {} }];
    expect(await request()).toMatchObject({ outcome: 'refused' });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('writes nothing at all when its lock is lost', async () => {
    const { brokers, control, finalCheck, request } = setup();
    finalCheck.error = new LockLost('another run has taken it');
    await expect(request()).rejects.toThrow(LockLost);
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('checks before the intent and before the call, and only for a write', async () => {
    const { finalCheck, request } = setup();
    await request();
    expect(finalCheck.checks).toBe(2);
    expect(await request()).toMatchObject({ outcome: 'under-way' });
    expect(finalCheck.checks).toBe(2);
  });

  it('stops when both brokers call themselves primary', async () => {
    const { brokers, request } = setup();
    brokers.set(pairedWest(asRole('primary')));
    await expect(request()).rejects.toThrow(UnsafeTopology);
    expect(brokers.calls).toEqual([]);
  });

  it('warns of a backlog but asks', async () => {
    const { metrics, request } = setup();
    metrics.gauges = healthyGauges({ QueueSize: minutely([9_000, 8_000]) });
    expect(await request()).toMatchObject({ outcome: 'requested' });
  });
});
