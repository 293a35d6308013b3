import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { addTeamCutover } from '../../testbed/team-cutover.ts';
import { failedOver, promotionsOf } from '../support/failback-stage.ts';
import { lockOf, pagesOf, runInput } from '../support/reconcile-runs.ts';
import { east, west } from '../support/reconcile-stage.ts';
import type { WorkflowStage } from '../support/workflow-stage.ts';

const regions: [string, string] = [east, west];

describe('the switchover of a failback', () => {
  /** Cuts the link a second after the failback has asked for the exchange: both brokers are closed. */
  const cutInTheExchange = (stage: WorkflowStage): void => {
    const { clock, aws } = stage.stage;
    stage.stage.observe({
      transition: ({ machineName, stateName, kind }) => {
        if (machineName !== 'switchover' || stateName !== 'WatchExchange' || kind !== 'entered') return;
        if (!aws.reachability.linkUp(...regions)) return;
        clock.spawn('cutter', async () => {
          await clock.sleepMs(1_000);
          aws.faults.start({ kind: 'link-cut', regions });
        });
      },
    });
  };

  it('may be escalated: the original primary is the primary, by a failover', async () => {
    const { ledger, stage, failOver } = await failedOver();
    const { operator } = stage.secrets;
    stage.configure({
      escalation: { mode: 'auto', lossBudgetEvents: 1_000_000 },
      switchover: { stallSeconds: 60 },
      reconciliation: {
        secretArns: [operator, operator.replace(east, west)],
        ledgerStart: '2026-01-01T00:00:00Z',
        afterPromotion: 'auto',
      },
    });
    await stage.play(async () => {
      await failOver();
      cutInTheExchange(stage);
      const end = await stage.run('failback', east, runInput());
      expect(end.output).toMatchObject({
        outcome: 'FailedBack',
        switchover: 'Escalated',
        epoch: 2,
        reconciliation: { outcome: 'Reconciled' },
      });
      expect(promotionsOf(stage)).toEqual([`FAILOVER ${west}`, `SWITCHOVER ${east}`, `FAILOVER ${east}`]);
      expect(ledger.idsIn('orders', 'work')).toEqual([]);
    });
  });

  it('may stall: the failback fails with it and gives the lock back', async () => {
    const { ledger, stage, failOver } = await failedOver();
    await stage.play(async () => {
      await failOver();
      cutInTheExchange(stage);
      const end = await stage.run('failback', east, runInput());
      expect(end).toMatchObject({
        status: 'FAILED',
        error: 'States.TaskFailed',
        cause: expect.stringContaining('Stalled'),
      });
      expect(await lockOf(ledger)).toBeUndefined();
      // The switchover has told people; the failback does not tell them again.
      expect(pagesOf(ledger).filter((subject) => subject?.includes('failback'))).toEqual([]);
      expect(pagesOf(ledger).filter((subject) => subject?.includes('switchover'))).toHaveLength(1);
    });
  });

  it('gives way to a person’s failover while it is stuck', async () => {
    const { ledger, stage, failOver } = await failedOver();
    await stage.play(async () => {
      await failOver();
      stage.stage.aws.faults.start({ kind: 'stuck-promotion', mode: 'SWITCHOVER' });
      const failback = await stage.start('failback', east, runInput());
      await stage.stage.clock.sleepMs(60_000);
      const end = await stage.run('failover', east, runInput({ acceptDataLoss: true }));
      expect(end.output).toMatchObject({ outcome: 'FailedOver', primary: { region: east } });
      expect(await stage.end(failback)).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('LockLost') });
      expect(await lockOf(ledger)).toBeUndefined();
    });
  });

  it.each(['Incomplete', 'Failed'])(
    'that left a reconciliation %s behind is followed by another one',
    async (outcome) => {
      const { ledger, stage, failOver } = await failedOver({
        replaceTask: ({ machineName, stateName }) =>
          machineName === 'switchover' &&
          stateName === 'ReconcileMessages' &&
          stage.broker('orders').dataPlane.role === 'primary'
            ? outcome === 'Failed'
              ? new TaskFailure('States.TaskFailed', 'test')
              : { result: { outcome } }
            : undefined,
      });
      await stage.play(async () => {
        await failOver();
        await ledger.sendIds('orders-replica', 'work', ['m1', 'm2']);
        await ledger.enter(west, 'work', ['m1']);
        await stage.stage.clock.sleepMs(60_000);
        const end = await stage.run('failback', east, runInput());
        expect(end.states).toContain('ReconcileAgain');
        expect(end.output).toMatchObject({ outcome: 'FailedBack', reconciliation: { outcome: 'Reconciled' } });
        expect(ledger.idsIn('orders', 'work')).toEqual(['m2']);
      });
    },
  );
});

describe('the fence of a failback', () => {
  /** A pair whose old primary was fenced after the failover. */
  const fenced = async (options: Parameters<typeof failedOver>[0] = {}) => {
    const { ledger, stage, failOver } = await failedOver(options);
    const { aws } = stage.stage;
    const brokers = () => aws.brokers();
    const team = addTeamCutover(aws, { name: 'orders', regions: [east, west], consumers: 'live', brokers });
    stage.configure({ cutover: team.settings });
    const denied = () => aws.faults.active('clients-denied').map(({ brokerName }) => brokerName);
    const fence = async (): Promise<void> => {
      await failOver();
      await stage.stage.invoke('enforce-fencing', east, {});
      expect(denied()).toEqual(['orders']);
    };
    return { ledger, stage, fence, denied };
  };

  it('is undone before the original primary takes over', async () => {
    const { stage, fence, denied } = await fenced();
    const deniedAtPromote: unknown[] = [];
    await stage.play(async () => {
      await fence();
      stage.stage.aws.onApiCall(({ operation }) => {
        if (operation === 'Promote') deniedAtPromote.push(denied());
      });
      const end = await stage.run('failback', east, runInput());
      expect(end.output).toMatchObject({ outcome: 'FailedBack' });
      expect(deniedAtPromote).toEqual([[]]);
      expect(denied()).toEqual([]);
    });
  });

  const finding = { code: 'STEP_PENDING', message: 'under way', evidence: {} };

  /** Answers of the fence's function while it is under way, and then. */
  const undoing = (looks: number, then: Readonly<Record<string, unknown>>) => {
    let seen = 0;
    return ({ machineName, stateName }: { readonly machineName: string; readonly stateName: string }) => {
      if (machineName !== 'failback' || stateName !== 'UndoFencing') return undefined;
      seen += 1;
      return { result: seen <= looks ? { outcome: 'pending', blockers: [finding], warnings: [] } : then };
    };
  };

  it('is waited for', async () => {
    const undone = { outcome: 'undone', blockers: [], warnings: [] };
    const { stage, fence } = await fenced({ replaceTask: undoing(3, undone) });
    await stage.play(async () => {
      await fence();
      const end = await stage.run('failback', east, runInput());
      expect(end.output).toMatchObject({ outcome: 'FailedBack' });
      expect(end.states.filter((state) => state === 'WaitForUndo').length).toBe(3);
    });
  });

  it.each([
    ['never ends', undoing(1_000, {})],
    ['fails', undoing(0, { outcome: 'failed', blockers: [finding], warnings: [] })],
    ['is refused', undoing(0, { outcome: 'refused', blockers: [finding], warnings: [] })],
  ])('that %s to be undone stops the failback: nothing is promoted', async (_what, replaceTask) => {
    const { ledger, stage, fence } = await fenced({ replaceTask });
    await stage.play(async () => {
      await fence();
      const end = await stage.run('failback', east, runInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [finding] });
      expect(promotionsOf(stage)).toEqual([`FAILOVER ${west}`]);
      expect(await lockOf(ledger)).toBeUndefined();
    });
  });
});
