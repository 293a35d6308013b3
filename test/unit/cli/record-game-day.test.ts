import { describe, expect, it } from 'vitest';
import { ReadinessTable } from '../../../functions/readiness/adapters/readiness-table.ts';
import type { Testbed } from '../../../testbed/testbed.ts';
import { jsonOf, mqDr } from '../../support/mq-dr.ts';
import { createTestbed } from '../../support/testbed.ts';

const onTestbed = async (body: (testbed: Testbed) => Promise<void>): Promise<void> => {
  const testbed = await createTestbed({ paired: true });
  await testbed.play(async () => {
    // What makes the pair known to the table.
    await testbed.operator.records.recordMembers('orders', [
      testbed.pair('orders').primaryArn,
      testbed.broker('orders-replica').brokerArn,
    ]);
    await body(testbed);
  });
};

const recorded = (testbed: Testbed, pair = 'orders') => new ReadinessTable(testbed.operator.items).readGameDay(pair);

describe('mq-dr record-game-day', () => {
  it('notes a rehearsal, which status shows and readiness sees', async () => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, 'record-game-day --pair orders --outcome met --json');
      const gameDay = { atMs: testbed.clock.nowMs(), outcome: 'met', by: 'ann' };
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      expect(jsonOf(run)).toEqual({ pair: 'orders', gameDay });
      expect(await recorded(testbed)).toEqual(gameDay);
      const { out } = await mqDr(testbed, 'status --pair orders');
      expect(out).toContain('game day    met at 2026-01-05T09:00:00Z, recorded by ann\n');
      const { output } = await testbed.run('readiness', 'us-west-2', {});
      expect(JSON.stringify(output)).not.toContain('GAME_DAY');
    });
  });

  it('takes another time and another person, and never replaces a later rehearsal', async () => {
    await onTestbed(async (testbed) => {
      const line = 'record-game-day --pair orders --outcome deviated --as bob --at';
      expect(await mqDr(testbed, `${line} 2026-01-04T12:00:00Z`)).toMatchObject({
        exitCode: 0,
        out: 'game day of orders at 2026-01-04T12:00:00Z: deviated, recorded by bob\n',
      });
      const earlier = await mqDr(testbed, `${line} 2026-01-03T12:00:00Z`);
      expect(earlier.exitCode).toBe(2);
      expect(earlier.err).toContain('a later game day of orders is recorded, at 2026-01-04T12:00:00Z. Nothing was');
      expect(await recorded(testbed)).toMatchObject({ atMs: Date.UTC(2026, 0, 4, 12) });
    });
  });

  it('says when there was none', async () => {
    await onTestbed(async (testbed) => {
      expect((await mqDr(testbed, 'status --pair orders')).out).toContain('game day    none recorded\n');
    });
  });

  it.each([
    ['--outcome mett', 'unknown outcome "mett" (did you mean "met"?)', 1],
    ['--outcome met --at noon', '--at noon is not a time such as', 1],
    ['--outcome met --at 2026-01-05T09:00:01Z', 'is in the future', 1],
    ['', "required option '--outcome <outcome>' not specified", 1],
  ])('refuses "%s"', async (options, message, exitCode) => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, `record-game-day --pair orders ${options}`.trim());
      expect(run.exitCode).toBe(exitCode);
      expect(run.err).toContain(message);
      expect(await recorded(testbed)).toBeUndefined();
    });
  });

  it('refuses a misspelt pair by the nearest name, and takes it with --yes', async () => {
    await onTestbed(async (testbed) => {
      const line = 'record-game-day --pair ordesr --outcome met';
      const run = await mqDr(testbed, line);
      expect(run.exitCode).toBe(2);
      expect(run.err).toContain('nothing is recorded about "ordesr" (did you mean "orders"?)');
      expect(await mqDr(testbed, `${line} --yes`)).toMatchObject({ exitCode: 0 });
      expect(await recorded(testbed, 'ordesr')).toMatchObject({ outcome: 'met' });
    });
  });
});
