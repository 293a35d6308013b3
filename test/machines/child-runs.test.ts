import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { createLedgerTestbed } from '../support/testbed.ts';

const minuteMs = 60_000;
const input = { pair: 'orders', reason: 'test' };

/** A pair with a ledger whose named task fails for good, with the rules that react to the end of runs. */
const failing = async (machine?: string, state?: string): Promise<Testbed> => {
  const replaceTask = ({ machineName, stateName }: { readonly machineName: string; readonly stateName: string }) =>
    machineName === machine && stateName === state ? new TaskFailure('AccessDenied', 'injected') : undefined;
  const testbed = await createLedgerTestbed({}, { replaceTask });
  testbed.startTriggers();
  return testbed;
};

const failOver = async (testbed: Testbed): Promise<void> => {
  await testbed.clock.sleepMs(10 * minuteMs);
  await testbed.run('failover', west, { ...input, acceptDataLoss: true });
  await testbed.clock.sleepMs(10 * minuteMs);
};

/** What people hear about runs that ended badly, once every settle-run is through. */
const pages = async (testbed: Testbed) => {
  await testbed.clock.sleepMs(5 * minuteMs);
  return testbed.aws.notifications().filter(({ subject }) => /failed|ended/.test(subject ?? ''));
};

const machinesOf = (testbed: Testbed, machine: string) =>
  testbed.engine.executions().filter(({ machineName }) => machineName === machine);

describe('a run that is a step of another one', () => {
  it('pages alone when both fail because of it', async () => {
    const testbed = await failing('switchover', 'PromoteReplica');
    await testbed.play(async () => {
      await failOver(testbed);
      const end = await testbed.run('failback', east, input);
      expect(end).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      const told = await pages(testbed);
      expect(told.map(({ subject }) => subject)).toEqual(['mq-dr ACT NOW: switchover of orders failed: AccessDenied']);
      expect(told[0]?.message).toContain(
        `It was a step of ${end.executionArn}. If that run failed too, start that one`,
      );
      expect(machinesOf(testbed, 'settle-run').length).toBe(2);
    });
  });

  it('pages alone when the promotion goes on without it', async () => {
    const testbed = await failing('reconcile', 'ScanQueues');
    await testbed.play(async () => {
      await testbed.clock.sleepMs(10 * minuteMs);
      const end = await testbed.run('failover', west, { ...input, acceptDataLoss: true });
      expect(end.output).toMatchObject({ outcome: 'FailedOver', reconciliation: { outcome: 'Failed' } });
      const told = await pages(testbed);
      expect(told.map(({ subject }) => subject)).toEqual(['mq-dr ACT TODAY: reconcile of orders failed: AccessDenied']);
      expect(told[0]?.message).toContain('if it went on, start reconcile by hand');
    });
  });

  it('leaves it to the run that it was stopped with', async () => {
    const testbed = await failing();
    await testbed.play(async () => {
      await failOver(testbed);
      const executionArn = await testbed.start('failback', east, input);
      while (machinesOf(testbed, 'switchover').length === 0) await testbed.clock.sleepMs(1_000);
      await testbed.client(SFNClient, east).send(new StopExecutionCommand({ executionArn }));
      expect(machinesOf(testbed, 'switchover').map(({ status }) => status)).toEqual(['ABORTED']);
      expect((await pages(testbed)).map(({ subject }) => subject)).toEqual([
        'mq-dr ACT NOW: failback of orders ended: ABORTED',
      ]);
    });
  });

  it('tells when it alone was stopped', async () => {
    const testbed = await failing();
    await testbed.play(async () => {
      await failOver(testbed);
      const parent = await testbed.start('failback', east, input);
      while (machinesOf(testbed, 'switchover').length === 0) await testbed.clock.sleepMs(1_000);
      const [child] = machinesOf(testbed, 'switchover');
      await testbed.client(SFNClient, east).send(new StopExecutionCommand({ executionArn: child?.executionArn }));
      expect(await testbed.end(parent)).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      const told = await pages(testbed);
      expect(told.map(({ subject }) => subject)).toEqual(['mq-dr ACT NOW: switchover of orders ended: ABORTED']);
      expect(told[0]?.message).toContain(`It was a step of ${parent}`);
    });
  });
});
