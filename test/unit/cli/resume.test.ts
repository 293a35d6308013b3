import { describe, expect, it } from 'vitest';
import { jsonOf, mqDr } from '../../support/mq-dr.ts';
import { createTestbed } from '../../support/testbed.ts';

const stop = {
  kind: 'denied',
  reason: 'the failover was denied',
  by: 'arn:stalled',
  atMs: Date.UTC(2026, 0, 5, 8),
} as const;

describe('mq-dr resume', () => {
  it('lifts what stops automatic runs, which status shows before', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const guards = testbed.operator.guards('PAIR#orders');
      await guards.stopAutomation(stop);
      const shown = await mqDr(testbed, 'status --pair orders');
      expect(shown.out).toContain('stopped since 2026-01-05T08:00:00Z (denied): the failover was denied');
      expect(shown.out).toContain('npx mq-dr resume --pair orders');
      const resumed = await mqDr(testbed, 'resume --pair orders --reason repaired --as ann --yes --json');
      expect(resumed.exitCode).toBe(0);
      expect(jsonOf(resumed)).toMatchObject({ pair: 'orders', outcome: 'resumed', stop: { kind: 'denied' } });
      expect(await guards.readStop()).toBeUndefined();
      const again = await mqDr(testbed, 'resume --pair orders --reason repaired --yes');
      expect(again.out).toBe('automatic runs of orders are not stopped. Nothing was changed.\n');
      expect((await mqDr(testbed, 'status --pair orders')).out).toContain('not stopped');
    });
  });

  it('asks first, and lifts nothing without an answer', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const guards = testbed.operator.guards('PAIR#orders');
      await guards.stopAutomation(stop);
      const run = await mqDr(testbed, 'resume --pair orders --reason repaired');
      expect(run.exitCode).not.toBe(0);
      expect(await guards.readStop()).toEqual(stop);
    });
  });

  it('leaves a stop alone that was recorded after the one it has seen', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const guards = testbed.operator.guards('PAIR#orders');
      await guards.stopAutomation({ ...stop, atMs: stop.atMs + 1 });
      const resumed = { reason: 'repaired', by: 'ann', atMs: stop.atMs + 2 };
      await expect(guards.resume(stop, resumed)).rejects.toMatchObject({ name: 'ControlConflict' });
      expect(await guards.readStop()).toMatchObject({ atMs: stop.atMs + 1 });
    });
  });
});
