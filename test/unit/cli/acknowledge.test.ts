import { describe, expect, it } from 'vitest';
import { jsonOf, mqDr, runtimeOn } from '../../support/mq-dr.ts';
import { createTestbed } from '../../support/testbed.ts';

const epoch = {
  number: 1,
  mode: 'FAILOVER',
  primaryBrokerId: 'b-2',
  primaryRegion: 'us-west-2',
  promotedAtMs: Date.UTC(2026, 0, 5, 8),
  executionArn: 'arn:run',
} as const;

describe('mq-dr ack', () => {
  it('acknowledges the newest promotion once', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await testbed.operator.guards('PAIR#orders').recordEpoch(epoch);
      const first = await mqDr(testbed, 'ack --pair orders --json');
      expect(first.exitCode).toBe(0);
      expect(jsonOf(first)).toMatchObject({ outcome: 'acknowledged', epoch: { number: 1 } });
      const acknowledged = await testbed.operator.guards('PAIR#orders').readEpoch();
      expect(acknowledged?.acknowledgedAtMs).toBe(testbed.clock.nowMs());
      await runtimeOn(testbed).clock.sleepMs(5_000);
      const second = await mqDr(testbed, 'ack --pair orders');
      expect(second.out).toBe(
        'promotion 1 of orders: FAILOVER to us-west-2 at 2026-01-05T08:00:00Z was already acknowledged\n',
      );
      expect(await testbed.operator.guards('PAIR#orders').readEpoch()).toEqual(acknowledged);
    });
  });

  it('refuses where nothing was promoted', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const run = await mqDr(testbed, 'ack --pair orders');
      expect(run).toMatchObject({ exitCode: 2 });
      expect(run.err).toContain('no promotion of pair orders is recorded');
    });
  });
});
