import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { failedOver, promotionsOf, reverseMs } from '../support/failback-stage.ts';
import { codesIn, lockOf, pagesOf, runInput } from '../support/reconcile-runs.ts';
import { east, west } from '../support/reconcile-stage.ts';

const regions: [string, string] = [east, west];

describe('failback', () => {
  it('makes the original primary the primary again, with its messages reconciled', async () => {
    const { ledger, stage, failOver } = await failedOver();
    await stage.play(async () => {
      await failOver();
      await ledger.sendIds('orders-replica', 'work', ['m1', 'm2', 'm3']);
      await ledger.enter(west, 'work', ['m2']);
      await stage.stage.clock.sleepMs(60_000);
      const end = await stage.run('failback', east, runInput());
      expect(end.output).toMatchObject({
        outcome: 'FailedBack',
        switchover: 'SwitchedOver',
        primary: { region: east, brokerName: 'orders' },
        epoch: 2,
        reconciliation: { outcome: 'Reconciled', result: { removed: 1 } },
        warnings: [{ code: 'ANTI_FLAP' }, { code: 'ENDPOINT_NOT_CONFIGURED' }],
      });
      expect(promotionsOf(stage)).toEqual([`FAILOVER ${west}`, `SWITCHOVER ${east}`]);
      expect(stage.broker('orders').dataPlane.acceptsClients).toBe(true);
      expect(ledger.idsIn('orders', 'work')).toEqual(['m1', 'm3']);
      expect(await lockOf(ledger)).toBeUndefined();
      expect(pagesOf(ledger).filter((subject) => subject?.includes('failed'))).toEqual([]);
    });
  });

  it('is one execution with its steps below it, under one lock', async () => {
    const { ledger, stage, failOver } = await failedOver();
    const owners = new Set<unknown>();
    await stage.play(async () => {
      await failOver();
      stage.stage.observe({
        transition: ({ kind, machineName }) => {
          if (kind !== 'entered' || machineName === 'failback') return;
          stage.stage.clock.spawn('reader', async () => {
            const lock = await lockOf(ledger);
            owners.add(`${lock?.owner} ${lock?.purpose} ${lock?.fence}`);
          });
        },
      });
      const end = await stage.run('failback', east, runInput());
      const { executionArn } = end;
      const name = executionArn.split(':').at(-1);
      const below = stage.stage.engine
        .executions()
        .filter(({ rootExecutionArn, executionArn: own }) => rootExecutionArn === executionArn && own !== executionArn)
        .map((execution) => `${execution.machineName} ${execution.name}`);
      expect(below).toEqual([`switchover ${name}-switchover`, `reconcile ${name}-switchover-reconcile`]);
      expect([...owners]).toEqual([`${executionArn} failback 2`]);
    });
  });

  it('is refused while the original primary is not a healthy replica, with every reason', async () => {
    const { ledger, stage } = await failedOver();
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(300_000);
      stage.stage.aws.blackout(east);
      await stage.run('failover', west, runInput({ acceptDataLoss: true }));
      stage.stage.aws.restore(east);
      // The old primary is there again, and nothing has crossed yet.
      const early = await stage.run('failback', east, runInput());
      expect(early).toMatchObject({ output: { outcome: 'Refused', blockers: [{ code: 'STILL_PRIMARY' }] } });
      await stage.stage.clock.sleepMs(60_000);
      const soon = await stage.run('failback', east, runInput());
      expect(codesIn(soon, 'blockers')).toEqual(['REPLICATION_ABSENT']);
      // Cut off for long, what it says is old.
      await stage.stage.clock.sleepMs(reverseMs);
      stage.stage.aws.faults.start({ id: 'cut', kind: 'link-cut', regions });
      await stage.stage.clock.sleepMs(reverseMs);
      const cut = await stage.run('failback', east, runInput());
      expect(codesIn(cut, 'blockers')).toEqual(['REPLICATION_FROZEN']);
      expect(promotionsOf(stage)).toEqual([`FAILOVER ${west}`]);
      stage.stage.aws.faults.stop('cut');
      await stage.stage.clock.sleepMs(reverseMs);
      expect((await stage.run('failback', east, runInput())).output).toMatchObject({ outcome: 'FailedBack' });
      expect(ledger.idsIn('orders', 'work')).toEqual([]);
    });
  });

  it('is refused where nothing has failed over', async () => {
    const { stage } = await failedOver();
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(300_000);
      expect(codesIn(await stage.run('failback', west, runInput()), 'blockers')).toEqual(['NOT_FAILED_OVER']);
      await stage.run('switchover', west, stage.switchoverInput());
      await stage.stage.clock.sleepMs(reverseMs);
      const end = await stage.run('failback', east, runInput());
      expect(codesIn(end, 'blockers')).toEqual(['NOT_FAILED_OVER']);
      expect(JSON.stringify(end.output)).toContain('use switchover');
      expect(promotionsOf(stage)).toEqual([`SWITCHOVER ${west}`]);
    });
  });

  it('is refused in the Region that the failover promoted', async () => {
    const { stage, failOver } = await failedOver();
    await stage.play(async () => {
      await failOver();
      const end = await stage.run('failback', west, runInput());
      expect(codesIn(end, 'blockers')).toContain('PRIMARY_IS_HERE');
      expect(promotionsOf(stage)).toEqual([`FAILOVER ${west}`]);
    });
  });

  it('is refused while the pair is frozen or another run has the lock', async () => {
    const { stage, failOver } = await failedOver();
    await stage.play(async () => {
      await failOver();
      await stage.takeLock('PAIR#orders', 'arn:somebody', 'unpair');
      await stage.freeze('PAIR#orders');
      expect(codesIn(await stage.run('failback', east, runInput()), 'blockers')).toEqual(['LOCK_HELD', 'FROZEN']);
    });
  });

  it('is refused when another run took the lock since the gate', async () => {
    const { ledger, stage, failOver } = await failedOver({
      replaceTask: ({ machineName, stateName }) => {
        if (machineName === 'failback' && stateName === 'AcquireLock') {
          stage.stage.clock.spawn('rival', () => stage.takeLock('PAIR#orders', 'arn:rival', 'unpair'));
        }
        return undefined;
      },
    });
    await stage.play(async () => {
      await failOver();
      expect(codesIn(await stage.run('failback', east, runInput()), 'blockers')).toEqual(['LOCK_HELD']);
      expect(await lockOf(ledger)).toMatchObject({ owner: 'arn:rival' });
    });
  });

  it('is refused where its switchover is, and gives the lock back', async () => {
    const { ledger, stage, failOver } = await failedOver({
      replaceTask: ({ machineName, stateName }) => {
        if (machineName === 'switchover' && stateName === 'HoldConsumers') {
          stage.stage.clock.spawn('operator', () => stage.freeze('PAIR#orders'));
        }
        return undefined;
      },
    });
    await stage.play(async () => {
      await failOver();
      const end = await stage.run('failback', east, runInput());
      expect(end.output).toMatchObject({ outcome: 'Refused' });
      expect(codesIn(end, 'blockers')).toEqual(['FROZEN']);
      expect(promotionsOf(stage)).toEqual([`FAILOVER ${west}`]);
      expect(await lockOf(ledger)).toBeUndefined();
    });
  });

  it('lists the promotion in a dry run and writes nothing', async () => {
    const { stage, failOver } = await failedOver();
    await stage.play(async () => {
      await failOver();
      const before = stage.calls.length;
      const end = await stage.run('failback', east, runInput({ dryRun: true }));
      expect(end.output).toMatchObject({
        outcome: 'DryRun',
        plannedWrites: [{ operation: 'Promote', region: east, request: { Mode: 'SWITCHOVER' } }],
      });
      const writes = stage.calls
        .slice(before)
        .filter(({ operation }) => /^(Promote|Put|Update|Delete)/.test(operation));
      expect(writes).toEqual([]);
    });
  });

  it('may be started again after it succeeded: it promotes nothing more', async () => {
    const { stage, failOver } = await failedOver();
    await stage.play(async () => {
      await failOver();
      await stage.run('failback', east, runInput());
      const dry = await stage.run('failback', east, runInput({ dryRun: true }));
      expect(dry.output).toMatchObject({ outcome: 'DryRun', plannedWrites: [] });
      const again = await stage.run('failback', east, runInput());
      expect(again.output).toMatchObject({
        outcome: 'FailedBack',
        epoch: 2,
        reconciliation: { outcome: 'Reconciled' },
      });
      expect(promotionsOf(stage)).toEqual([`FAILOVER ${west}`, `SWITCHOVER ${east}`]);
    });
  });

  it('goes on behind the exchange, in a new run, when the first one died there', async () => {
    const { ledger, stage, failOver } = await failedOver({
      replaceTask: ({ machineName, stateName, executionArn }) =>
        machineName === 'switchover' && stateName === 'SettleSwitchover' && executionArn === firstSwitchover()
          ? new TaskFailure('AccessDenied', 'test')
          : undefined,
    });
    const firstSwitchover = () =>
      stage.stage.engine.executions().find(({ machineName }) => machineName === 'switchover')?.executionArn;
    await stage.play(async () => {
      await failOver();
      await ledger.sendIds('orders-replica', 'work', ['m1', 'm2']);
      await ledger.enter(west, 'work', ['m1']);
      await stage.stage.clock.sleepMs(60_000);
      const first = await stage.run('failback', east, runInput());
      expect(first).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      expect(first.cause).toContain('AccessDenied');
      expect(await lockOf(ledger)).toBeUndefined();
      const second = await stage.run('failback', east, runInput());
      expect(second.output).toMatchObject({ outcome: 'FailedBack', epoch: 2 });
      expect(promotionsOf(stage)).toEqual([`FAILOVER ${west}`, `SWITCHOVER ${east}`]);
      expect(ledger.idsIn('orders', 'work')).toEqual(['m2']);
    });
  });

  it('names the configured pairs when the pair is unknown', async () => {
    const { stage } = await failedOver();
    await stage.play(async () => {
      const end = await stage.run('failback', east, { pair: 'order', reason: 'test' });
      expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: expect.stringContaining('orders') });
    });
  });
});
