import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { startTriggers } from '../../testbed/triggers.ts';
import { east, ReconcileStage, west } from '../support/reconcile-stage.ts';
import type { WorkflowStage } from '../support/workflow-stage.ts';

const minuteMs = 60_000;
const input = { pair: 'orders', reason: 'test' };

/** A pair with a ledger whose named task fails for good, with the rules that react to the end of runs. */
const failing = async (machine?: string, state?: string): Promise<WorkflowStage> => {
  const replaceTask = ({ machineName, stateName }: { readonly machineName: string; readonly stateName: string }) =>
    machineName === machine && stateName === state ? new TaskFailure('AccessDenied', 'injected') : undefined;
  const { stage } = await ReconcileStage.create({}, { replaceTask });
  startTriggers(stage.stage);
  return stage;
};

const failOver = async (stage: WorkflowStage): Promise<void> => {
  await stage.stage.clock.sleepMs(10 * minuteMs);
  await stage.run('failover', west, { ...input, acceptDataLoss: true });
  await stage.stage.clock.sleepMs(10 * minuteMs);
};

/** What people hear about runs that ended badly, once every settle-run is through. */
const pages = async (stage: WorkflowStage) => {
  await stage.stage.clock.sleepMs(5 * minuteMs);
  return stage.stage.aws.notifications().filter(({ subject }) => /failed|ended/.test(subject ?? ''));
};

const machinesOf = (stage: WorkflowStage, machine: string) =>
  stage.stage.engine.executions().filter(({ machineName }) => machineName === machine);

describe('a run that is a step of another one', () => {
  it('pages alone when both fail because of it', async () => {
    const stage = await failing('switchover', 'PromoteReplica');
    await stage.play(async () => {
      await failOver(stage);
      const end = await stage.run('failback', east, input);
      expect(end).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      const told = await pages(stage);
      expect(told.map(({ subject }) => subject)).toEqual(['mq-dr ACT NOW: switchover of orders failed: AccessDenied']);
      expect(told[0]?.message).toContain(
        `It was a step of ${end.executionArn}. If that run failed too, start that one`,
      );
      expect(machinesOf(stage, 'settle-run').length).toBe(2);
    });
  });

  it('pages alone when the promotion goes on without it', async () => {
    const stage = await failing('reconcile', 'ScanQueues');
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(10 * minuteMs);
      const end = await stage.run('failover', west, { ...input, acceptDataLoss: true });
      expect(end.output).toMatchObject({ outcome: 'FailedOver', reconciliation: { outcome: 'Failed' } });
      const told = await pages(stage);
      expect(told.map(({ subject }) => subject)).toEqual(['mq-dr ACT TODAY: reconcile of orders failed: AccessDenied']);
      expect(told[0]?.message).toContain('if it went on, start reconcile by hand');
    });
  });

  it('leaves it to the run that it was stopped with', async () => {
    const stage = await failing();
    await stage.play(async () => {
      await failOver(stage);
      const executionArn = await stage.start('failback', east, input);
      while (machinesOf(stage, 'switchover').length === 0) await stage.stage.clock.sleepMs(1_000);
      await stage.sfn(east).send(new StopExecutionCommand({ executionArn }));
      expect(machinesOf(stage, 'switchover').map(({ status }) => status)).toEqual(['ABORTED']);
      expect((await pages(stage)).map(({ subject }) => subject)).toEqual([
        'mq-dr ACT NOW: failback of orders ended: ABORTED',
      ]);
    });
  });

  it('tells when it alone was stopped', async () => {
    const stage = await failing();
    await stage.play(async () => {
      await failOver(stage);
      const parent = await stage.start('failback', east, input);
      while (machinesOf(stage, 'switchover').length === 0) await stage.stage.clock.sleepMs(1_000);
      const [child] = machinesOf(stage, 'switchover');
      await stage.sfn(east).send(new StopExecutionCommand({ executionArn: child?.executionArn }));
      expect(await stage.end(parent)).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      const told = await pages(stage);
      expect(told.map(({ subject }) => subject)).toEqual(['mq-dr ACT NOW: switchover of orders ended: ABORTED']);
      expect(told[0]?.message).toContain(`It was a step of ${parent}`);
    });
  });
});
