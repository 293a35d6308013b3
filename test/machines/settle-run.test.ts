import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { createTestbed, switchoverInput, type TestbedOptions } from '../support/testbed.ts';

const minuteMs = 60_000;
const here = 'us-west-2';

type Options = TestbedOptions;

const paired = async (options: Options = {}): Promise<Testbed> => {
  const testbed = await createTestbed({ paired: true, ...options });
  testbed.startTriggers();
  return testbed;
};

const pages = (testbed: Testbed) =>
  testbed.aws.notifications().map(({ subject = '', message }) => ({ subject, message }));

const settleRuns = (testbed: Testbed) =>
  testbed.engine.executions().filter(({ machineName }) => machineName === 'settle-run');

/** Starts a switchover and stops it once its promotion has been asked for, as somebody in the console would. */
const stopSwitchover = async (testbed: Testbed): Promise<string> => {
  const { clock } = testbed;
  await clock.sleepMs(10 * minuteMs);
  const executionArn = await testbed.start('switchover', here, switchoverInput());
  await clock.sleepMs(2_000);
  await testbed.client(SFNClient, here).send(new StopExecutionCommand({ executionArn }));
  return executionArn;
};

/** How the settle-run that a rule has started ends. */
const settleEnd = async (testbed: Testbed) => {
  await testbed.clock.sleepMs(1_000);
  return await testbed.end(settleRuns(testbed)[0]?.executionArn ?? '');
};

describe('settle-run', () => {
  it('gives the lock of a stopped run back, goes on observing its promotion, and tells people how both ended', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      const stopped = await stopSwitchover(testbed);
      const end = await settleEnd(testbed);
      expect(end.output).toMatchObject({ outcome: 'PromotionEnded', run: stopped, step: 'settle', looks: 1 });
      expect(pages(testbed).map(({ subject }) => subject)).toEqual([
        'mq-dr ACT NOW: switchover of orders ended: ABORTED',
        'mq-dr ACT NOW: switchover of orders completed late, handover missing',
      ]);
      expect(await testbed.operator.guards('PAIR#orders').read()).not.toHaveProperty('lock');
      const next = await testbed.run('switchover', here, switchoverInput());
      expect(next.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(settleRuns(testbed).length).toBe(1);
    });
  });

  it('pages again at the end when the promotion shows no effect for an hour', async () => {
    const testbed = await paired();
    testbed.aws.faults.start({ kind: 'stuck-promotion' });
    await testbed.play(async () => {
      await stopSwitchover(testbed);
      const end = await settleEnd(testbed);
      expect(end).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(end.states.filter((state) => state === 'ObservePromotion').length).toBe(60);
      expect(pages(testbed).map(({ subject }) => subject)).toEqual([
        'mq-dr ACT NOW: switchover of orders ended: ABORTED',
        'mq-dr ACT NOW: promotion of orders still shows no effect, both brokers may be closed',
      ]);
      // A settle-run that fails is not settled itself.
      await testbed.clock.sleepMs(minuteMs);
      expect(settleRuns(testbed).length).toBe(1);
    });
  });

  it('does not page again about a stalled switchover, but says that its promotion is still observed', async () => {
    const testbed = await paired();
    testbed.aws.faults.start({ kind: 'stuck-promotion' });
    await testbed.play(async () => {
      await testbed.clock.sleepMs(10 * minuteMs);
      const stalled = await testbed.run('switchover', here, switchoverInput());
      expect(stalled.error).toBe('Stalled');
      await settleEnd(testbed);
      const [first, second, third, ...more] = pages(testbed);
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
    const testbed = await paired();
    await testbed.play(async () => {
      await testbed.run('switchover', here, switchoverInput({ pair: 'order' }));
      const end = await settleEnd(testbed);
      expect(end.output).toMatchObject({ outcome: 'Settled', paged: false });
      expect(pages(testbed).length).toBe(1);
    });
  });

  it('tells people about a run that could not do so itself', async () => {
    const testbed = await paired({
      replaceTask: ({ machineName, stateName }) =>
        machineName === 'switchover' && ['AssessSwitchover', 'ReportFailure'].includes(stateName)
          ? new TaskFailure('AccessDenied', 'injected')
          : undefined,
    });
    await testbed.play(async () => {
      const failed = await testbed.run('switchover', here, switchoverInput());
      expect((await settleEnd(testbed)).output).toMatchObject({ outcome: 'Settled', paged: true });
      expect(pages(testbed)).toEqual([
        {
          subject: 'mq-dr ACT NOW: switchover of orders ended: FAILED',
          message: expect.stringContaining(failed.executionArn),
        },
      ]);
    });
  });

  it('gives the watch of a stopped watch back', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      const executionArn = await testbed.start('watch', here, { pair: 'orders', signal: 'test' });
      await testbed.clock.sleepMs(1_000);
      expect(await testbed.operator.guards('WATCH#orders').read()).toHaveProperty('lock');
      await testbed.client(SFNClient, here).send(new StopExecutionCommand({ executionArn }));
      expect((await settleEnd(testbed)).output).toMatchObject({ outcome: 'Settled', paged: true });
      expect(await testbed.operator.guards('WATCH#orders').read()).not.toHaveProperty('lock');
    });
  });

  it.each([
    ['is still running', 'InvalidInput', 'RUNNING'],
    ['does not exist', 'RequestRejected', 'Does Not Exist'],
  ])('refuses a run that %s', async (what, error, cause) => {
    const testbed = await paired();
    await testbed.play(async () => {
      const running = await testbed.start('watch', here, { pair: 'orders', signal: 'test' });
      const executionArn = what === 'is still running' ? running : `${running}-not`;
      const end = await testbed.run('settle-run', here, { executionArn });
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
    const testbed = await createTestbed({
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
    const { status, error, output } = await testbed.play(() =>
      testbed.run('settle-run', here, { executionArn: 'arn:x' }),
    );
    return { testbed, end: { status, error, outcome: output?.outcome } };
  };

  it('is tried again after a transient error, and the run ends as it would have', async () => {
    const undisturbed = await runWith();
    const { testbed, end } = await runWith('ServiceUnavailable', 'Lambda.Unknown');
    expect(testbed.transitions.filter(({ kind }) => kind === 'retried').length).toBe(2);
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
