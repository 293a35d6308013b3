import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { createTestbed, freeze, switchoverInput, type TestbedOptions } from '../support/testbed.ts';

const regions: [string, string] = ['us-east-1', 'us-west-2'];

/** A pair whose link breaks a second after a switchover was asked for: both brokers are closed. */
const brokenSwitchover = async (
  escalation: Readonly<Record<string, unknown>>,
  more: TestbedOptions = {},
): Promise<Testbed> => {
  const testbed = await createTestbed({
    paired: true,
    settings: { escalation, approvalSeconds: 600, switchover: { stallSeconds: 60 } },
    ...more,
  });
  const { clock, aws } = testbed;
  testbed.observe({
    transition: ({ stateName, kind }) => {
      if (stateName !== 'WatchExchange' || kind !== 'entered' || !aws.reachability.linkUp(...regions)) return;
      clock.spawn('cutter', async () => {
        await clock.sleepMs(1_000);
        aws.faults.start({ id: 'cut', kind: 'link-cut', regions });
      });
    },
  });
  return testbed;
};

const switchOver = async (testbed: Testbed) => {
  await testbed.clock.sleepMs(300_000);
  return await testbed.start('switchover', 'us-west-2', switchoverInput());
};

const promotions = (testbed: Testbed): readonly string[] =>
  testbed.calls.filter(({ operation }) => operation === 'Promote').map(({ request }) => JSON.stringify(request));

const whenAsked = async (testbed: Testbed): Promise<void> => {
  while (!testbed.aws.notifications().some(({ message }) => message.includes('Approval '))) {
    await testbed.clock.sleepMs(10_000);
  }
};

describe('a switchover that stalls', () => {
  it('fails over by itself where the pair allows it and the predicted loss fits the budget', async () => {
    const testbed = await brokenSwitchover({ mode: 'auto', lossBudgetEvents: 1_000 });
    await testbed.play(async () => {
      const end = await testbed.end(await switchOver(testbed));
      expect(end.output).toMatchObject({ outcome: 'Escalated', epoch: 1 });
      expect(promotions(testbed).map((request) => /SWITCHOVER|FAILOVER/.exec(request)?.[0])).toEqual([
        'SWITCHOVER',
        'FAILOVER',
      ]);
      expect(testbed.broker('orders-replica').dataPlane.acceptsClients).toBe(true);
    });
  });

  it('asks a person when the loss does not fit, and goes on watching meanwhile', async () => {
    const testbed = await brokenSwitchover({ mode: 'auto', lossBudgetEvents: 0 });
    testbed.aws.faults.start({ kind: 'metrics', effect: 'missing', metricName: 'QueueSize' });
    await testbed.play(async () => {
      const arn = await switchOver(testbed);
      await whenAsked(testbed);
      expect(testbed.aws.notifications().at(-1)?.message).toContain('npx mq-dr approve');
      await testbed.answerApproval('orders', 'approved');
      const end = await testbed.end(arn);
      expect(end.output).toMatchObject({ outcome: 'Escalated' });
      expect(end.states.filter((state) => state === 'ObserveSwitchover').length).toBeGreaterThan(3);
    });
  });

  it('ends Stalled with a page when a person says no', async () => {
    const testbed = await brokenSwitchover({ mode: 'ask' });
    await testbed.play(async () => {
      const arn = await switchOver(testbed);
      await whenAsked(testbed);
      await testbed.answerApproval('orders', 'denied');
      expect(await testbed.end(arn)).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('ends Stalled with a page when nobody answers in time', async () => {
    const testbed = await brokenSwitchover({ mode: 'ask' });
    await testbed.play(async () => {
      expect(await testbed.end(await switchOver(testbed))).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('promotes nothing when the exchange completes right before the escalation', async () => {
    const testbed: Testbed = await brokenSwitchover(
      { mode: 'auto', lossBudgetEvents: 1_000 },
      {
        // The first tries die; the link is back with the first, and by the fourth the exchange has completed.
        replaceTask: ({ stateName, attempt }) => {
          if (stateName !== 'RequestFailover' || attempt > 3) return undefined;
          if (attempt === 1) testbed.aws.faults.stop('cut');
          return new TaskFailure('Lambda.Unknown', 'test');
        },
      },
    );
    await testbed.play(async () => {
      const end = await testbed.end(await switchOver(testbed));
      expect(end.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('completes as a switchover when the link returns while the question is open', async () => {
    const testbed = await brokenSwitchover({ mode: 'ask' });
    await testbed.play(async () => {
      const arn = await switchOver(testbed);
      await whenAsked(testbed);
      testbed.aws.faults.stop('cut');
      expect((await testbed.end(arn)).output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('ends Stalled, naming the reason, when the failover is refused at the write', async () => {
    const testbed: Testbed = await brokenSwitchover(
      { mode: 'auto', lossBudgetEvents: 1_000 },
      {
        replaceTask: ({ stateName }) => {
          if (stateName === 'RequestFailover') testbed.clock.spawn('operator', () => freeze(testbed, 'GLOBAL'));
          return undefined;
        },
      },
    );
    await testbed.play(async () => {
      const end = await testbed.end(await switchOver(testbed));
      expect(end).toMatchObject({
        status: 'FAILED',
        error: 'Stalled',
        cause: expect.stringContaining('froze everything'),
      });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('stays below a quarter of the history limit while a question is open for two hours', async () => {
    const testbed = await brokenSwitchover({ mode: 'ask' });
    testbed.configurePair('orders', {
      escalation: { mode: 'ask' },
      approvalSeconds: 7_200,
      switchover: { stallSeconds: 60 },
    });
    await testbed.play(async () => {
      const arn = await switchOver(testbed);
      expect(await testbed.end(arn)).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      const execution = testbed.engine.executions().find(({ executionArn }) => executionArn === arn);
      expect((execution?.stoppedAtMs ?? 0) - (execution?.startedAtMs ?? 0)).toBeGreaterThan(7_200_000);
      expect(execution?.historyEvents).toBeLessThan(25_000 / 4);
    });
  });

  it('fails by name when the failover takes no effect either', async () => {
    const testbed = await brokenSwitchover({ mode: 'auto', lossBudgetEvents: 1_000 });
    testbed.aws.faults.start({ kind: 'stuck-promotion', mode: 'FAILOVER' });
    await testbed.play(async () => {
      expect(await testbed.end(await switchOver(testbed))).toMatchObject({
        status: 'FAILED',
        error: 'FailoverOverdue',
      });
    });
  });
});
