import { describe, expect, it } from 'vitest';
import type { Testbed } from '../../../testbed/testbed.ts';
import { jsonOf, mqDr, openApproval, runtimeOn } from '../../support/mq-dr.ts';
import { createTestbed } from '../../support/testbed.ts';

const id = 'a1b2c3d4e5f6';

const withApproval = async (body: (testbed: Testbed) => Promise<void>): Promise<void> => {
  const testbed = await createTestbed({ paired: true });
  await testbed.play(async () => {
    await openApproval(testbed);
    await body(testbed);
  });
};

describe('mq-dr approve and deny', () => {
  it.each([
    ['approve', 'approved'],
    ['deny', 'denied'],
  ])('%s answers an open approval, by the user of the machine', async (verb, status) => {
    await withApproval(async (testbed) => {
      const run = await mqDr(testbed, `${verb} ${id} --pair orders --json`);
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      expect(jsonOf(run)).toMatchObject({ pair: 'orders', approvalId: id, status, decidedBy: 'ann' });
      expect(await testbed.operator.records.readApproval('orders', id)).toMatchObject({ status, decidedBy: 'ann' });
    });
  });

  it('records the name that was given, and shows what was answered', async () => {
    await withApproval(async (testbed) => {
      const run = await mqDr(testbed, `approve ${id} --pair orders --as bob`);
      expect(run.out).toContain('approved by bob: Reboot the primary of orders now?');
      expect(await testbed.operator.records.readApproval('orders', id)).toMatchObject({ decidedBy: 'bob' });
    });
  });

  it('refuses an approval that was used, and says by whom', async () => {
    await withApproval(async (testbed) => {
      await mqDr(testbed, `deny ${id} --pair orders --as bob`);
      const run = await mqDr(testbed, `approve ${id} --pair orders`);
      expect(run).toMatchObject({ exitCode: 2, out: '' });
      expect(run.err).toContain('was already denied, by bob; an approval is answered only once');
      expect(await testbed.operator.records.readApproval('orders', id)).toMatchObject({
        status: 'denied',
        decidedBy: 'bob',
      });
    });
  });

  it('refuses one that has expired: at its end, not a moment before', async () => {
    await withApproval(async (testbed) => {
      const expiresAtMs = testbed.clock.nowMs() + 60_000;
      await openApproval(testbed, { approvalId: 'first', expiresAtMs });
      await openApproval(testbed, { approvalId: 'second', expiresAtMs });
      await runtimeOn(testbed).clock.sleepMs(expiresAtMs - testbed.clock.nowMs() - 1);
      expect(await mqDr(testbed, 'approve first --pair orders')).toMatchObject({ exitCode: 0 });
      await runtimeOn(testbed).clock.sleepMs(expiresAtMs - testbed.clock.nowMs());
      const late = await mqDr(testbed, 'approve second --pair orders');
      expect(late.exitCode).toBe(2);
      expect(late.err).toContain('approval second expired at 2026-01-05T09:01:00Z, and expiry means no');
      expect(await testbed.operator.records.readApproval('orders', 'second')).toMatchObject({ status: 'open' });
    });
  });

  it("refuses another pair's approval by that pair's name", async () => {
    await withApproval(async (testbed) => {
      const run = await mqDr(testbed, `approve ${id} --pair billing`);
      expect(run.exitCode).toBe(2);
      expect(run.err).toContain(`approval ${id} belongs to pair orders, not to billing`);
      expect(await testbed.operator.records.readApproval('orders', id)).toMatchObject({ status: 'open' });
    });
  });

  it('names the nearest id for one that nobody has', async () => {
    await withApproval(async (testbed) => {
      const run = await mqDr(testbed, 'approve a1b2c3d4e5f7 --pair orders');
      expect(run).toMatchObject({ exitCode: 2 });
      expect(run.err).toContain(`pair orders has no approval a1b2c3d4e5f7 (did you mean "${id}"?)`);
    });
  });

  it('says so plainly where the approver may not list the table', async () => {
    const testbed = await createTestbed({ paired: true });
    testbed.aws.faults.start({ kind: 'access-denied', service: 'dynamodb', operation: 'Scan' });
    await testbed.play(async () => {
      const run = await mqDr(testbed, `approve ${id} --pair orders`);
      expect(run).toMatchObject({ exitCode: 2 });
      expect(run.err).toBe(`Refused: pair orders has no approval ${id}. Nothing was changed.\n`);
    });
  });

  it('leaves the last word on expiry to the table', async () => {
    await withApproval(async (testbed) => {
      const decision = { status: 'approved', decidedBy: 'ann' } as const;
      const decide = testbed.operator.records.decideApproval('orders', id, decision, testbed.clock.nowMs() + 3_600_000);
      await expect(decide).rejects.toMatchObject({ name: 'ControlConflict' });
      expect(await testbed.operator.records.readApproval('orders', id)).toMatchObject({ status: 'open' });
    });
  });

  it('names who was faster between the look and the write', async () => {
    await withApproval(async (testbed) => {
      const { clock, aws } = testbed;
      // Both look while it is open, and only then write.
      aws.faults.start({ kind: 'slow-answer', service: 'dynamodb', operation: 'GetItem', delayMs: 1_000 });
      const runs = await clock.concurrently([
        () => mqDr(testbed, `approve ${id} --pair orders --as bob`),
        () => mqDr(testbed, `deny ${id} --pair orders --as carol`),
      ] as const);
      expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 2]);
      expect(runs[1].err).toContain('was already approved, by bob; an approval is answered only once');
      expect(await testbed.operator.records.readApproval('orders', id)).toMatchObject({
        status: 'approved',
        decidedBy: 'bob',
      });
    });
  });
});
