import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { enterLedger, idsIn, sendMessages } from '../../testbed/messages.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { failedOver, promotionsOf } from '../support/failed-over.ts';
import { lockOf, pagesOf, runInput } from '../support/reconcile-runs.ts';

const regions: [string, string] = [east, west];

describe('the switchover of a failback', () => {
  /** Cuts the link a second after the failback has asked for the exchange: both brokers are closed. */
  const cutInTheExchange = (testbed: Testbed): void => {
    const { clock, aws } = testbed;
    testbed.observe({
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
    const { testbed, failOver } = await failedOver();
    const { reconciliation } = testbed.deployedPair('orders');
    testbed.configurePair('orders', {
      escalation: { mode: 'auto', lossBudgetEvents: 1_000_000 },
      switchover: { stallSeconds: 60 },
      reconciliation,
    });
    await testbed.play(async () => {
      await failOver();
      cutInTheExchange(testbed);
      const end = await testbed.run('failback', east, runInput());
      expect(end.output).toMatchObject({
        outcome: 'FailedBack',
        switchover: 'Escalated',
        epoch: 2,
        reconciliation: { outcome: 'Reconciled' },
      });
      expect(promotionsOf(testbed)).toEqual([`FAILOVER ${west}`, `SWITCHOVER ${east}`, `FAILOVER ${east}`]);
      expect(idsIn(testbed, 'orders', 'work')).toEqual([]);
    });
  });

  it('may stall: the failback fails with it and gives the lock back', async () => {
    const { testbed, failOver } = await failedOver();
    await testbed.play(async () => {
      await failOver();
      cutInTheExchange(testbed);
      const end = await testbed.run('failback', east, runInput());
      expect(end).toMatchObject({
        status: 'FAILED',
        error: 'States.TaskFailed',
        cause: expect.stringContaining('Stalled'),
      });
      expect(await lockOf(testbed)).toBeUndefined();
      // The switchover has told people; the failback does not tell them again.
      expect(pagesOf(testbed).filter((subject) => subject?.includes('failback'))).toEqual([]);
      expect(pagesOf(testbed).filter((subject) => subject?.includes('switchover'))).toHaveLength(1);
    });
  });

  it('gives way to a person’s failover while it is stuck', async () => {
    const { testbed, failOver } = await failedOver();
    await testbed.play(async () => {
      await failOver();
      testbed.aws.faults.start({ kind: 'stuck-promotion', mode: 'SWITCHOVER' });
      const failback = await testbed.start('failback', east, runInput());
      await testbed.clock.sleepMs(60_000);
      const end = await testbed.run('failover', east, runInput({ acceptDataLoss: true }));
      expect(end.output).toMatchObject({ outcome: 'FailedOver', primary: { region: east } });
      expect(await testbed.end(failback)).toMatchObject({
        status: 'FAILED',
        cause: expect.stringContaining('LockLost'),
      });
      expect(await lockOf(testbed)).toBeUndefined();
    });
  });

  it.each(['Incomplete', 'Failed'])(
    'that left a reconciliation %s behind is followed by another one',
    async (outcome) => {
      const { testbed, failOver } = await failedOver({
        replaceTask: ({ machineName, stateName }) =>
          machineName === 'switchover' &&
          stateName === 'ReconcileMessages' &&
          testbed.broker('orders').dataPlane.role === 'primary'
            ? outcome === 'Failed'
              ? new TaskFailure('States.TaskFailed', 'test')
              : { result: { outcome } }
            : undefined,
      });
      await testbed.play(async () => {
        await failOver();
        sendMessages(testbed, 'orders-replica', 'work', ['m1', 'm2']);
        await enterLedger(testbed, west, 'work', ['m1']);
        await testbed.clock.sleepMs(60_000);
        const end = await testbed.run('failback', east, runInput());
        expect(end.states).toContain('ReconcileAgain');
        expect(end.output).toMatchObject({ outcome: 'FailedBack', reconciliation: { outcome: 'Reconciled' } });
        expect(idsIn(testbed, 'orders', 'work')).toEqual(['m2']);
      });
    },
  );
});

describe('the fence of a failback', () => {
  /** A pair whose old primary was fenced after the failover. */
  const fenced = async (options: Parameters<typeof failedOver>[0] = {}) => {
    const { testbed, failOver } = await failedOver({ ...options, consumers: 'live' });
    const { aws } = testbed;
    const denied = () => aws.faults.active('clients-denied').map(({ brokerName }) => brokerName);
    const fence = async (): Promise<void> => {
      await failOver();
      await testbed.invoke('enforce-fencing', east, {});
      expect(denied()).toEqual(['orders']);
    };
    return { testbed, fence, denied };
  };

  it('is undone before the original primary takes over', async () => {
    const { testbed, fence, denied } = await fenced();
    const deniedAtPromote: unknown[] = [];
    await testbed.play(async () => {
      await fence();
      testbed.aws.onApiCall(({ operation }) => {
        if (operation === 'Promote') deniedAtPromote.push(denied());
      });
      const end = await testbed.run('failback', east, runInput());
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
    const { testbed, fence } = await fenced({ replaceTask: undoing(3, undone) });
    await testbed.play(async () => {
      await fence();
      const end = await testbed.run('failback', east, runInput());
      expect(end.output).toMatchObject({ outcome: 'FailedBack' });
      expect(end.states.filter((state) => state === 'WaitForUndo').length).toBe(3);
    });
  });

  it.each([
    ['never ends', undoing(1_000, {})],
    ['fails', undoing(0, { outcome: 'failed', blockers: [finding], warnings: [] })],
    ['is refused', undoing(0, { outcome: 'refused', blockers: [finding], warnings: [] })],
  ])('that %s to be undone stops the failback: nothing is promoted', async (_what, replaceTask) => {
    const { testbed, fence } = await fenced({ replaceTask });
    await testbed.play(async () => {
      await fence();
      const end = await testbed.run('failback', east, runInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [finding] });
      expect(promotionsOf(testbed)).toEqual([`FAILOVER ${west}`]);
      expect(await lockOf(testbed)).toBeUndefined();
    });
  });
});
