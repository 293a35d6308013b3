import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { startTriggers } from '../../testbed/triggers.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

const minuteMs = 60_000;
const here = 'us-west-2';

type Options = NonNullable<Parameters<typeof WorkflowStage.create>[0]>;

const pairedStage = async (options: Options = {}): Promise<WorkflowStage> => {
  const stage = await WorkflowStage.create({ paired: true, ...options });
  startTriggers(stage.stage);
  return stage;
};

const pages = (stage: WorkflowStage) =>
  stage.stage.aws.notifications().map(({ subject = '', message }) => ({ subject, message }));

const settleRuns = (stage: WorkflowStage) =>
  stage.stage.engine.executions().filter(({ machineName }) => machineName === 'settle-run');

/** Starts a switchover and stops it once its promotion has been asked for, as somebody in the console would. */
const stopSwitchover = async (stage: WorkflowStage): Promise<string> => {
  const { clock } = stage.stage;
  await clock.sleepMs(10 * minuteMs);
  const executionArn = await stage.start('switchover', here, stage.switchoverInput());
  await clock.sleepMs(2_000);
  await stage.sfn(here).send(new StopExecutionCommand({ executionArn }));
  return executionArn;
};

/** How the settle-run that a rule has started ends. */
const settleEnd = async (stage: WorkflowStage) => {
  await stage.stage.clock.sleepMs(1_000);
  return await stage.end(settleRuns(stage)[0]?.executionArn ?? '');
};

describe('settle-run', () => {
  it('gives the lock of a stopped run back, goes on observing its promotion, and tells people how both ended', async () => {
    const stage = await pairedStage();
    await stage.play(async () => {
      const stopped = await stopSwitchover(stage);
      const end = await settleEnd(stage);
      expect(end.output).toMatchObject({ outcome: 'PromotionEnded', run: stopped, step: 'settle', looks: 1 });
      expect(pages(stage).map(({ subject }) => subject)).toEqual([
        'mq-dr ACT NOW: switchover of orders ended: ABORTED',
        'mq-dr ACT NOW: switchover of orders completed late, handover missing',
      ]);
      expect(await stage.guardTable('PAIR#orders').read()).not.toHaveProperty('lock');
      const next = await stage.run('switchover', here, stage.switchoverInput());
      expect(next.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(settleRuns(stage).length).toBe(1);
    });
  });

  it('pages again at the end when the promotion shows no effect for an hour', async () => {
    const stage = await pairedStage();
    stage.stage.aws.faults.start({ kind: 'stuck-promotion' });
    await stage.play(async () => {
      await stopSwitchover(stage);
      const end = await settleEnd(stage);
      expect(end).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(end.states.filter((state) => state === 'ObservePromotion').length).toBe(60);
      expect(pages(stage).map(({ subject }) => subject)).toEqual([
        'mq-dr ACT NOW: switchover of orders ended: ABORTED',
        'mq-dr ACT NOW: promotion of orders still shows no effect, both brokers may be closed',
      ]);
      // A settle-run that fails is not settled itself.
      await stage.stage.clock.sleepMs(minuteMs);
      expect(settleRuns(stage).length).toBe(1);
    });
  });

  it('does not page again about a stalled switchover, but says that its promotion is still observed', async () => {
    const stage = await pairedStage();
    stage.stage.aws.faults.start({ kind: 'stuck-promotion' });
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(10 * minuteMs);
      const stalled = await stage.run('switchover', here, stage.switchoverInput());
      expect(stalled.error).toBe('Stalled');
      await settleEnd(stage);
      const [first, second, third, ...more] = pages(stage);
      expect(first?.subject).toBe('mq-dr ACT NOW: switchover of orders stalled, both brokers may be closed');
      expect(second?.subject).toBe('mq-dr ACT NOW: promotion of orders still open after its switchover run');
      expect(second?.message).toContain('its state ReportStall has already paged about that');
      expect(third?.subject).toBe(
        'mq-dr ACT NOW: promotion of orders still shows no effect, both brokers may be closed',
      );
      expect(more).toEqual([]);
    });
  });

  it('says nothing about a run that has told people itself and left nothing open', async () => {
    const stage = await pairedStage();
    await stage.play(async () => {
      await stage.run('switchover', here, stage.switchoverInput({ pair: 'order' }));
      const end = await settleEnd(stage);
      expect(end.output).toMatchObject({ outcome: 'Settled', paged: false });
      expect(pages(stage).length).toBe(1);
    });
  });

  it('tells people about a run that could not do so itself', async () => {
    const stage = await pairedStage({
      replaceTask: ({ machineName, stateName }) =>
        machineName === 'switchover' && ['AssessSwitchover', 'ReportFailure'].includes(stateName)
          ? new TaskFailure('AccessDenied', 'injected')
          : undefined,
    });
    await stage.play(async () => {
      const failed = await stage.run('switchover', here, stage.switchoverInput());
      expect((await settleEnd(stage)).output).toMatchObject({ outcome: 'Settled', paged: true });
      expect(pages(stage)).toEqual([
        {
          subject: 'mq-dr ACT NOW: switchover of orders ended: FAILED',
          message: expect.stringContaining(failed.executionArn),
        },
      ]);
    });
  });

  it('gives the watch of a stopped watch back', async () => {
    const stage = await pairedStage();
    await stage.play(async () => {
      const executionArn = await stage.start('watch', here, { pair: 'orders', signal: 'test' });
      await stage.stage.clock.sleepMs(1_000);
      expect(await stage.guardTable('WATCH#orders').read()).toHaveProperty('lock');
      await stage.sfn(here).send(new StopExecutionCommand({ executionArn }));
      expect((await settleEnd(stage)).output).toMatchObject({ outcome: 'Settled', paged: true });
      expect(await stage.guardTable('WATCH#orders').read()).not.toHaveProperty('lock');
    });
  });

  it.each([
    ['is still running', 'InvalidInput', 'RUNNING'],
    ['does not exist', 'RequestRejected', 'Does Not Exist'],
  ])('refuses a run that %s', async (what, error, cause) => {
    const stage = await pairedStage();
    await stage.play(async () => {
      const running = await stage.start('watch', here, { pair: 'orders', signal: 'test' });
      const executionArn = what === 'is still running' ? running : `${running}-not`;
      const end = await stage.run('settle-run', here, { executionArn });
      expect(end).toMatchObject({ status: 'FAILED', error, cause: expect.stringContaining(cause) });
    });
  });
});

/** Each Task, and whether its failure is the run's. */
const tasks = [
  ['SettleRun', true],
  ['ObservePromotion', true],
  ['ReportFailure', false],
] as const;

describe.each(tasks)('settle-run, %s', (state, failsTheRun) => {
  const runWith = async (...errors: readonly string[]) => {
    const left = [...errors];
    const promotion = { subject: 'b-1', sequence: 1 };
    const stage = await WorkflowStage.create({
      paired: true,
      replaceTask: ({ stateName }) => {
        const error = stateName === state ? left.shift() : undefined;
        if (error !== undefined) return new TaskFailure(error, `injected into ${state}`);
        if (stateName === 'SettleRun') {
          return state === 'ReportFailure'
            ? new TaskFailure('NotFound', 'broken by the setup')
            : { result: { pair: 'orders', paged: true, promotion } };
        }
        return stateName === 'ObservePromotion' ? { result: { step: 'settle', evidence: [] } } : undefined;
      },
    });
    const { status, error, output } = await stage.play(() => stage.run('settle-run', here, { executionArn: 'arn:x' }));
    return { stage, end: { status, error, outcome: output?.outcome } };
  };

  it('is tried again after a transient error, and the run ends as it would have', async () => {
    const undisturbed = await runWith();
    const { stage, end } = await runWith('ServiceUnavailable', 'Lambda.Unknown');
    expect(stage.transitions.filter(({ kind }) => kind === 'retried').length).toBe(2);
    expect(end).toEqual(undisturbed.end);
  });

  it(failsTheRun ? 'ends the run with its error' : 'lets the run end as it would have', async () => {
    const undisturbed = await runWith();
    const { end } = await runWith('AccessDenied');
    expect(end).toEqual(
      failsTheRun ? { status: 'FAILED', error: 'AccessDenied', outcome: undefined } : undisturbed.end,
    );
  });
});
