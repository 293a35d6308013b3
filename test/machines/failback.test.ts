import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { enterLedger, idsIn, sendMessages } from '../../testbed/messages.ts';
import { east, west } from '../../testbed/orders.ts';
import { failedOver, promotionsOf, reverseMs } from '../support/failed-over.ts';
import { codesIn, lockOf, pagesOf, runInput } from '../support/reconcile-runs.ts';
import { freeze, switchoverInput, takeLock } from '../support/testbed.ts';

const regions: [string, string] = [east, west];

describe('failback', () => {
  it('makes the original primary the primary again, with its messages reconciled', async () => {
    const { testbed, failOver } = await failedOver();
    await testbed.play(async () => {
      await failOver();
      sendMessages(testbed, 'orders-replica', 'work', ['m1', 'm2', 'm3']);
      await enterLedger(testbed, west, 'work', ['m2']);
      await testbed.clock.sleepMs(60_000);
      const end = await testbed.run('failback', east, runInput());
      expect(end.output).toMatchObject({
        outcome: 'FailedBack',
        switchover: 'SwitchedOver',
        primary: { region: east, brokerName: 'orders' },
        epoch: 2,
        reconciliation: { outcome: 'Reconciled', result: { removed: 1 } },
        warnings: [{ code: 'ANTI_FLAP' }, { code: 'ENDPOINT_NOT_CONFIGURED' }],
      });
      expect(promotionsOf(testbed)).toEqual([`FAILOVER ${west}`, `SWITCHOVER ${east}`]);
      expect(testbed.broker('orders').dataPlane.acceptsClients).toBe(true);
      expect(idsIn(testbed, 'orders', 'work')).toEqual(['m1', 'm3']);
      expect(await lockOf(testbed)).toBeUndefined();
      expect(pagesOf(testbed).filter((subject) => subject?.includes('failed'))).toEqual([]);
    });
  });

  it('is one execution with its steps below it, under one lock', async () => {
    const { testbed, failOver } = await failedOver();
    const owners = new Set<unknown>();
    await testbed.play(async () => {
      await failOver();
      testbed.observe({
        transition: ({ kind, machineName }) => {
          if (kind !== 'entered' || machineName === 'failback') return;
          testbed.clock.spawn('reader', async () => {
            const lock = await lockOf(testbed);
            owners.add(`${lock?.owner} ${lock?.purpose} ${lock?.fence}`);
          });
        },
      });
      const end = await testbed.run('failback', east, runInput());
      const { executionArn } = end;
      const name = executionArn.split(':').at(-1);
      const below = testbed.engine
        .executions()
        .filter(({ rootExecutionArn, executionArn: own }) => rootExecutionArn === executionArn && own !== executionArn)
        .map((execution) => `${execution.machineName} ${execution.name}`);
      expect(below).toEqual([`switchover ${name}-switchover`, `reconcile ${name}-switchover-reconcile`]);
      expect([...owners]).toEqual([`${executionArn} failback 2`]);
    });
  });

  it('is refused while the original primary is not a healthy replica, with every reason', async () => {
    const { testbed } = await failedOver();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(300_000);
      testbed.aws.blackout(east);
      await testbed.run('failover', west, runInput({ acceptDataLoss: true }));
      testbed.aws.restore(east);
      // The old primary is there again, and nothing has crossed yet.
      const early = await testbed.run('failback', east, runInput());
      expect(early).toMatchObject({ output: { outcome: 'Refused', blockers: [{ code: 'STILL_PRIMARY' }] } });
      await testbed.clock.sleepMs(60_000);
      const soon = await testbed.run('failback', east, runInput());
      expect(codesIn(soon, 'blockers')).toEqual(['REPLICATION_ABSENT']);
      // Cut off for long, what it says is old.
      await testbed.clock.sleepMs(reverseMs);
      testbed.aws.faults.start({ id: 'cut', kind: 'link-cut', regions });
      await testbed.clock.sleepMs(reverseMs);
      const cut = await testbed.run('failback', east, runInput());
      expect(codesIn(cut, 'blockers')).toEqual(['REPLICATION_FROZEN']);
      expect(promotionsOf(testbed)).toEqual([`FAILOVER ${west}`]);
      testbed.aws.faults.stop('cut');
      await testbed.clock.sleepMs(reverseMs);
      expect((await testbed.run('failback', east, runInput())).output).toMatchObject({ outcome: 'FailedBack' });
      expect(idsIn(testbed, 'orders', 'work')).toEqual([]);
    });
  });

  it('is refused where nothing has failed over', async () => {
    const { testbed } = await failedOver();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(300_000);
      expect(codesIn(await testbed.run('failback', west, runInput()), 'blockers')).toEqual(['NOT_FAILED_OVER']);
      await testbed.run('switchover', west, switchoverInput());
      await testbed.clock.sleepMs(reverseMs);
      const end = await testbed.run('failback', east, runInput());
      expect(codesIn(end, 'blockers')).toEqual(['NOT_FAILED_OVER']);
      expect(JSON.stringify(end.output)).toContain('use switchover');
      expect(promotionsOf(testbed)).toEqual([`SWITCHOVER ${west}`]);
    });
  });

  it('is refused in the Region that the failover promoted', async () => {
    const { testbed, failOver } = await failedOver();
    await testbed.play(async () => {
      await failOver();
      const end = await testbed.run('failback', west, runInput());
      expect(codesIn(end, 'blockers')).toContain('PRIMARY_IS_HERE');
      expect(promotionsOf(testbed)).toEqual([`FAILOVER ${west}`]);
    });
  });

  it('is refused while the pair is frozen or another run has the lock', async () => {
    const { testbed, failOver } = await failedOver();
    await testbed.play(async () => {
      await failOver();
      await takeLock(testbed, 'PAIR#orders', 'arn:somebody', 'unpair');
      await freeze(testbed, 'PAIR#orders');
      expect(codesIn(await testbed.run('failback', east, runInput()), 'blockers')).toEqual(['LOCK_HELD', 'FROZEN']);
    });
  });

  it('is refused when another run took the lock since the gate', async () => {
    const { testbed, failOver } = await failedOver({
      replaceTask: ({ machineName, stateName }) => {
        if (machineName === 'failback' && stateName === 'AcquireLock') {
          testbed.clock.spawn('rival', () => takeLock(testbed, 'PAIR#orders', 'arn:rival', 'unpair'));
        }
        return undefined;
      },
    });
    await testbed.play(async () => {
      await failOver();
      expect(codesIn(await testbed.run('failback', east, runInput()), 'blockers')).toEqual(['LOCK_HELD']);
      expect(await lockOf(testbed)).toMatchObject({ owner: 'arn:rival' });
    });
  });

  it('is refused where its switchover is, and gives the lock back', async () => {
    const { testbed, failOver } = await failedOver({
      replaceTask: ({ machineName, stateName }) => {
        if (machineName === 'switchover' && stateName === 'HoldConsumers') {
          testbed.clock.spawn('operator', () => freeze(testbed, 'PAIR#orders'));
        }
        return undefined;
      },
    });
    await testbed.play(async () => {
      await failOver();
      const end = await testbed.run('failback', east, runInput());
      expect(end.output).toMatchObject({ outcome: 'Refused' });
      expect(codesIn(end, 'blockers')).toEqual(['FROZEN']);
      expect(promotionsOf(testbed)).toEqual([`FAILOVER ${west}`]);
      expect(await lockOf(testbed)).toBeUndefined();
    });
  });

  it('lists the promotion in a dry run and writes nothing', async () => {
    const { testbed, failOver } = await failedOver();
    await testbed.play(async () => {
      await failOver();
      const before = testbed.calls.length;
      const end = await testbed.run('failback', east, runInput({ dryRun: true }));
      expect(end.output).toMatchObject({
        outcome: 'DryRun',
        plannedWrites: [{ operation: 'Promote', region: east, request: { Mode: 'SWITCHOVER' } }],
      });
      const writes = testbed.calls
        .slice(before)
        .filter(({ operation }) => /^(Promote|Put|Update|Delete)/.test(operation));
      expect(writes).toEqual([]);
    });
  });

  it('may be started again after it succeeded: it promotes nothing more', async () => {
    const { testbed, failOver } = await failedOver();
    await testbed.play(async () => {
      await failOver();
      await testbed.run('failback', east, runInput());
      const dry = await testbed.run('failback', east, runInput({ dryRun: true }));
      expect(dry.output).toMatchObject({ outcome: 'DryRun', plannedWrites: [] });
      const again = await testbed.run('failback', east, runInput());
      expect(again.output).toMatchObject({
        outcome: 'FailedBack',
        epoch: 2,
        reconciliation: { outcome: 'Reconciled' },
      });
      expect(promotionsOf(testbed)).toEqual([`FAILOVER ${west}`, `SWITCHOVER ${east}`]);
    });
  });

  it('goes on behind the exchange, in a new run, when the first one died there', async () => {
    const { testbed, failOver } = await failedOver({
      replaceTask: ({ machineName, stateName, executionArn }) =>
        machineName === 'switchover' && stateName === 'SettleSwitchover' && executionArn === firstSwitchover()
          ? new TaskFailure('AccessDenied', 'test')
          : undefined,
    });
    const firstSwitchover = () =>
      testbed.engine.executions().find(({ machineName }) => machineName === 'switchover')?.executionArn;
    await testbed.play(async () => {
      await failOver();
      sendMessages(testbed, 'orders-replica', 'work', ['m1', 'm2']);
      await enterLedger(testbed, west, 'work', ['m1']);
      await testbed.clock.sleepMs(60_000);
      const first = await testbed.run('failback', east, runInput());
      expect(first).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      expect(first.cause).toContain('AccessDenied');
      expect(await lockOf(testbed)).toBeUndefined();
      const second = await testbed.run('failback', east, runInput());
      expect(second.output).toMatchObject({ outcome: 'FailedBack', epoch: 2 });
      expect(promotionsOf(testbed)).toEqual([`FAILOVER ${west}`, `SWITCHOVER ${east}`]);
      expect(idsIn(testbed, 'orders', 'work')).toEqual(['m2']);
    });
  });

  it('names the configured pairs when the pair is unknown', async () => {
    const { testbed } = await failedOver();
    await testbed.play(async () => {
      const end = await testbed.run('failback', east, { pair: 'order', reason: 'test' });
      expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: expect.stringContaining('orders') });
    });
  });
});
