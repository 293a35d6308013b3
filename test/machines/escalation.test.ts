import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

const regions: [string, string] = ['us-east-1', 'us-west-2'];

/** A pair whose link breaks a second after a switchover was asked for: both brokers are closed. */
const brokenSwitchover = async (
  escalation: Readonly<Record<string, unknown>>,
  more: Parameters<typeof WorkflowStage.create>[0] = {},
): Promise<WorkflowStage> => {
  const stage = await WorkflowStage.create({
    paired: true,
    pair: { escalation, approvalSeconds: 600, switchover: { stallSeconds: 60 } },
    ...more,
  });
  const { clock, aws } = stage.stage;
  stage.stage.observe({
    transition: ({ stateName, kind }) => {
      if (stateName !== 'WatchExchange' || kind !== 'entered' || !aws.reachability.linkUp(...regions)) return;
      clock.spawn('cutter', async () => {
        await clock.sleepMs(1_000);
        aws.faults.start({ id: 'cut', kind: 'link-cut', regions });
      });
    },
  });
  return stage;
};

const switchOver = async (stage: WorkflowStage) => {
  await stage.stage.clock.sleepMs(300_000);
  return await stage.start('switchover', 'us-west-2', stage.switchoverInput());
};

const promotions = (stage: WorkflowStage): readonly string[] =>
  stage.calls.filter(({ operation }) => operation === 'Promote').map(({ request }) => JSON.stringify(request));

const approvalIdIn = (stage: WorkflowStage): string | undefined =>
  stage.stage.aws
    .notifications()
    .map(({ message }) => /Approval (\w+)/.exec(message)?.[1])
    .findLast((id) => id !== undefined);

const whenAsked = async (stage: WorkflowStage): Promise<string> => {
  for (;;) {
    const id = approvalIdIn(stage);
    if (id !== undefined) return id;
    await stage.stage.clock.sleepMs(10_000);
  }
};

describe('a switchover that stalls', () => {
  it('fails over by itself where the pair allows it and the predicted loss fits the budget', async () => {
    const stage = await brokenSwitchover({ mode: 'auto', lossBudgetEvents: 1_000 });
    await stage.play(async () => {
      const end = await stage.end(await switchOver(stage));
      expect(end.output).toMatchObject({ outcome: 'Escalated', epoch: 1 });
      expect(promotions(stage).map((request) => /SWITCHOVER|FAILOVER/.exec(request)?.[0])).toEqual([
        'SWITCHOVER',
        'FAILOVER',
      ]);
      expect(stage.broker('orders-replica').dataPlane.acceptsClients).toBe(true);
    });
  });

  it('asks a person when the loss does not fit, and goes on watching meanwhile', async () => {
    const stage = await brokenSwitchover({ mode: 'auto', lossBudgetEvents: 0 });
    stage.stage.aws.faults.start({ kind: 'metrics', effect: 'missing', metricName: 'QueueSize' });
    await stage.play(async () => {
      const arn = await switchOver(stage);
      const approvalId = await whenAsked(stage);
      expect(stage.stage.aws.notifications().at(-1)?.message).toContain('npx mq-dr approve');
      await stage.answerApproval(approvalId, 'approved');
      const end = await stage.end(arn);
      expect(end.output).toMatchObject({ outcome: 'Escalated' });
      expect(end.states.filter((state) => state === 'ObserveSwitchover').length).toBeGreaterThan(3);
    });
  });

  it('ends Stalled with a page when a person says no', async () => {
    const stage = await brokenSwitchover({ mode: 'ask' });
    await stage.play(async () => {
      const arn = await switchOver(stage);
      await stage.answerApproval(await whenAsked(stage), 'denied');
      expect(await stage.end(arn)).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('ends Stalled with a page when nobody answers in time', async () => {
    const stage = await brokenSwitchover({ mode: 'ask' });
    await stage.play(async () => {
      expect(await stage.end(await switchOver(stage))).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('promotes nothing when the exchange completes right before the escalation', async () => {
    const stage: WorkflowStage = await brokenSwitchover(
      { mode: 'auto', lossBudgetEvents: 1_000 },
      {
        // The first tries die; the link is back with the first, and by the fourth the exchange has completed.
        replaceTask: ({ stateName, attempt }) => {
          if (stateName !== 'RequestFailover' || attempt > 3) return undefined;
          if (attempt === 1) stage.stage.aws.faults.stop('cut');
          return new TaskFailure('Lambda.Unknown', 'test');
        },
      },
    );
    await stage.play(async () => {
      const end = await stage.end(await switchOver(stage));
      expect(end.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('completes as a switchover when the link returns while the question is open', async () => {
    const stage = await brokenSwitchover({ mode: 'ask' });
    await stage.play(async () => {
      const arn = await switchOver(stage);
      await whenAsked(stage);
      stage.stage.aws.faults.stop('cut');
      expect((await stage.end(arn)).output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('ends Stalled, naming the reason, when the failover is refused at the write', async () => {
    const stage: WorkflowStage = await brokenSwitchover(
      { mode: 'auto', lossBudgetEvents: 1_000 },
      {
        replaceTask: ({ stateName }) => {
          if (stateName === 'RequestFailover') stage.stage.clock.spawn('operator', () => stage.freeze('GLOBAL'));
          return undefined;
        },
      },
    );
    await stage.play(async () => {
      const end = await stage.end(await switchOver(stage));
      expect(end).toMatchObject({
        status: 'FAILED',
        error: 'Stalled',
        cause: expect.stringContaining('froze everything'),
      });
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('stays below a quarter of the history limit while a question is open for two hours', async () => {
    const stage = await brokenSwitchover({ mode: 'ask' });
    stage.configure({ escalation: { mode: 'ask' }, approvalSeconds: 7_200, switchover: { stallSeconds: 60 } });
    await stage.play(async () => {
      const arn = await switchOver(stage);
      expect(await stage.end(arn)).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      const execution = stage.stage.engine.executions().find(({ executionArn }) => executionArn === arn);
      expect((execution?.stoppedAtMs ?? 0) - (execution?.startedAtMs ?? 0)).toBeGreaterThan(7_200_000);
      expect(execution?.historyEvents).toBeLessThan(25_000 / 4);
    });
  });

  it('fails by name when the failover takes no effect either', async () => {
    const stage = await brokenSwitchover({ mode: 'auto', lossBudgetEvents: 1_000 });
    stage.stage.aws.faults.start({ kind: 'stuck-promotion', mode: 'FAILOVER' });
    await stage.play(async () => {
      expect(await stage.end(await switchOver(stage))).toMatchObject({ status: 'FAILED', error: 'FailoverOverdue' });
    });
  });
});
