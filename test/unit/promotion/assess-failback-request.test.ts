import { describe, expect, it } from 'vitest';
import type { Epoch, GuardReading } from '../../../functions/control/guards.ts';
import { assessFailbackRequest } from '../../../functions/promotion/assess-failback-request.ts';
import { failbackInputSchema } from '../../../functions/promotion/failback-input.ts';
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
import { FakeBrokers, FakeClock, FakeControl, FakeMetrics } from '../../support/fake-ports.ts';

const epoch: Epoch = {
  number: 4,
  mode: 'FAILOVER',
  primaryBrokerId: westRef.brokerId,
  primaryRegion: westRef.region,
  promotedAtMs: noonMs - 3_600_000,
  executionArn: 'arn:run-1',
};
const frozen = { code: 'FROZEN', message: 'ann froze this pair', evidence: {} };

/** The west is the primary after a failover, and the east follows. */
const setup = (guards: GuardReading = { known: true, epoch }) => {
  const brokers = new FakeBrokers(pairedEast(asRole('replica')), pairedWest(asRole('primary')));
  const metrics = new FakeMetrics(healthyGauges());
  const assessed = { blockers: [] as (typeof frozen)[], warnings: [] };
  const assess = () =>
    assessFailbackRequest(failbackInputSchema.parse({ pair: 'orders', reason: 'test' }), ordersPair(), eastRef.region, {
      brokers,
      metrics,
      control: new FakeControl(),
      clock: new FakeClock(),
      probe: async () => 'accepts',
      readGuards: async () => guards,
      assessGuards: async () => assessed,
    });
  return { brokers, metrics, assessed, assess };
};

describe('a request for a failback', () => {
  it('goes on with a healthy replica, and plans the exchange', async () => {
    expect(await setup().assess()).toMatchObject({
      verdict: 'proceed',
      blockers: [],
      step: 'issue',
      judgement: { verdict: 'steady' },
      plannedWrites: [
        { operation: 'Promote', region: eastRef.region, request: { BrokerId: eastRef.brokerId, Mode: 'SWITCHOVER' } },
      ],
    });
  });

  it('plans nothing where the exchange has happened', async () => {
    const { brokers, assess } = setup({
      known: true,
      epoch: { ...epoch, number: 5, mode: 'SWITCHOVER', primaryRegion: eastRef.region },
    });
    brokers.set(pairedEast(), pairedWest());
    expect(await assess()).toMatchObject({ verdict: 'proceed', step: 'done', plannedWrites: [] });
  });

  it('is refused while the original primary lags, although a switchover would only warn', async () => {
    const { metrics, assess } = setup();
    const lagging = minutely([900_000, 1_000_000, 1_100_000]);
    metrics.gauges = healthyGauges({
      TotalReplicationLag: lagging,
      ReplicationLag: lagging,
      QueueSize: minutely([9e5, 1e6, 1.1e6]),
    });
    const { verdict, blockers, judgement } = await assess();
    expect([verdict, judgement?.verdict, blockers.map(({ code }) => code)]).toEqual([
      'refused',
      'lagging',
      ['REVERSE_NOT_HEALTHY'],
    ]);
  });

  it('is refused with the reasons of the guards and of the switchover together', async () => {
    const { brokers, assessed, assess } = setup({ known: true });
    brokers.set(pairedEast({ ...asRole('replica'), state: 'REBOOT_IN_PROGRESS' }));
    assessed.blockers.push(frozen);
    const { verdict, blockers } = await assess();
    expect(verdict).toBe('refused');
    expect(blockers.map(({ code }) => code)).toEqual(['NOT_FAILED_OVER', 'TARGET_NOT_RUNNING', 'FROZEN']);
  });

  it('is refused while the original primary has not learned of the failover', async () => {
    const { brokers, assessed, assess } = setup();
    brokers.set(pairedEast());
    assessed.blockers.push(frozen);
    expect(await assess()).toEqual({
      verdict: 'refused',
      blockers: [
        expect.objectContaining({ code: 'STILL_PRIMARY', message: expect.stringContaining('us-west-2 was promoted') }),
        frozen,
      ],
      warnings: [],
      plannedWrites: [],
      step: undefined,
      judgement: undefined,
    });
  });

  it.each<[string, GuardReading]>([
    ['no recorded failover', { known: true }],
    ['a failover to this Region', { known: true, epoch: { ...epoch, primaryRegion: eastRef.region } }],
    ['a switchover', { known: true, epoch: { ...epoch, mode: 'SWITCHOVER' } }],
    ['a table that cannot be read', { known: false, reason: 'no answer' }],
  ])('is unsafe with two primaries that %s does not explain', async (_what, guards) => {
    const { brokers, assess } = setup(guards);
    brokers.set(pairedEast());
    await expect(assess()).rejects.toMatchObject({ name: 'UnsafeTopology' });
  });
});
