import { describe, expect, it } from 'vitest';
import { jsonOf, OperatorStage } from '../../support/operator.ts';

const id = 'a1b2c3d4e5f6';

const withApproval = async (body: (stage: OperatorStage) => Promise<void>): Promise<void> => {
  const stage = await OperatorStage.create();
  await stage.play(async () => {
    await stage.openApproval();
    await body(stage);
  });
};

describe('mq-dr approve and deny', () => {
  it.each([
    ['approve', 'approved'],
    ['deny', 'denied'],
  ])('%s answers an open approval, by the user of the machine', async (verb, status) => {
    await withApproval(async (stage) => {
      const run = await stage.mqDr(`${verb} ${id} --pair orders --json`);
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      expect(jsonOf(run)).toMatchObject({ pair: 'orders', approvalId: id, status, decidedBy: 'ann' });
      expect(await stage.records.readApproval('orders', id)).toMatchObject({ status, decidedBy: 'ann' });
    });
  });

  it('records the name that was given, and shows what was answered', async () => {
    await withApproval(async (stage) => {
      const run = await stage.mqDr(`approve ${id} --pair orders --as bob`);
      expect(run.out).toContain('approved by bob: Reboot the primary of orders now?');
      expect(await stage.records.readApproval('orders', id)).toMatchObject({ decidedBy: 'bob' });
    });
  });

  it('refuses an approval that was used, and says by whom', async () => {
    await withApproval(async (stage) => {
      await stage.mqDr(`deny ${id} --pair orders --as bob`);
      const run = await stage.mqDr(`approve ${id} --pair orders`);
      expect(run).toMatchObject({ exitCode: 2, out: '' });
      expect(run.err).toContain('was already denied, by bob; an approval is answered only once');
      expect(await stage.records.readApproval('orders', id)).toMatchObject({ status: 'denied', decidedBy: 'bob' });
    });
  });

  it('refuses one that has expired: at its end, not a moment before', async () => {
    await withApproval(async (stage) => {
      const expiresAtMs = stage.nowMs() + 60_000;
      await stage.openApproval({ approvalId: 'first', expiresAtMs });
      await stage.openApproval({ approvalId: 'second', expiresAtMs });
      await stage.runtime.clock.sleepMs(expiresAtMs - stage.nowMs() - 1);
      expect(await stage.mqDr('approve first --pair orders')).toMatchObject({ exitCode: 0 });
      await stage.runtime.clock.sleepMs(expiresAtMs - stage.nowMs());
      const late = await stage.mqDr('approve second --pair orders');
      expect(late.exitCode).toBe(2);
      expect(late.err).toContain('approval second expired at 2026-01-05T09:01:00Z, and expiry means no');
      expect(await stage.records.readApproval('orders', 'second')).toMatchObject({ status: 'open' });
    });
  });

  it("refuses another pair's approval by that pair's name", async () => {
    await withApproval(async (stage) => {
      const run = await stage.mqDr(`approve ${id} --pair billing`);
      expect(run.exitCode).toBe(2);
      expect(run.err).toContain(`approval ${id} belongs to pair orders, not to billing`);
      expect(await stage.records.readApproval('orders', id)).toMatchObject({ status: 'open' });
    });
  });

  it('names the nearest id for one that nobody has', async () => {
    await withApproval(async (stage) => {
      const run = await stage.mqDr('approve a1b2c3d4e5f7 --pair orders');
      expect(run).toMatchObject({ exitCode: 2 });
      expect(run.err).toContain(`pair orders has no approval a1b2c3d4e5f7 (did you mean "${id}"?)`);
    });
  });

  it('says so plainly where the approver may not list the table', async () => {
    const stage = await OperatorStage.create();
    stage.workflows.stage.aws.faults.start({ kind: 'access-denied', service: 'dynamodb', operation: 'Scan' });
    await stage.play(async () => {
      const run = await stage.mqDr(`approve ${id} --pair orders`);
      expect(run).toMatchObject({ exitCode: 2 });
      expect(run.err).toBe(`Refused: pair orders has no approval ${id}. Nothing was changed.\n`);
    });
  });

  it('leaves the last word on expiry to the table', async () => {
    await withApproval(async (stage) => {
      const decision = { status: 'approved', decidedBy: 'ann' } as const;
      const decide = stage.records.decideApproval('orders', id, decision, stage.nowMs() + 3_600_000);
      await expect(decide).rejects.toMatchObject({ name: 'ControlConflict' });
      expect(await stage.records.readApproval('orders', id)).toMatchObject({ status: 'open' });
    });
  });

  it('names who was faster between the look and the write', async () => {
    await withApproval(async (stage) => {
      const { clock, aws } = stage.workflows.stage;
      // Both look while it is open, and only then write.
      aws.faults.start({ kind: 'slow-answer', service: 'dynamodb', operation: 'GetItem', delayMs: 1_000 });
      const runs = await clock.concurrently([
        () => stage.mqDr(`approve ${id} --pair orders --as bob`),
        () => stage.mqDr(`deny ${id} --pair orders --as carol`),
      ] as const);
      expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 2]);
      expect(runs[1].err).toContain('was already approved, by bob; an approval is answered only once');
      expect(await stage.records.readApproval('orders', id)).toMatchObject({ status: 'approved', decidedBy: 'bob' });
    });
  });
});
