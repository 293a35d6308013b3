import { readFileSync } from 'node:fs';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { createTestbed, promotions, type TestbedOptions } from '../support/testbed.ts';

const minuteMs = 60_000;
const here = 'us-west-2';
const regions: [string, string] = ['us-east-1', here];

/** A pair that has replicated and beaten for ten minutes, with the rules switched on and an alarm in each Region. */
const watched = async (options: TestbedOptions = {}): Promise<Testbed> => {
  return await createTestbed({
    paired: true,
    triggers: true,
    ...options,
    settings: { automaticFailover: true, ...options.settings },
  });
};

const settled = async (testbed: Testbed): Promise<void> => {
  await testbed.clock.sleepMs(10 * minuteMs);
};

const watches = (testbed: Testbed) => testbed.engine.executions().filter(({ machineName }) => machineName === 'watch');

const pages = (testbed: Testbed): readonly (string | undefined)[] =>
  testbed.aws.notifications().map(({ subject }) => subject);

const watchInput = { pair: 'orders', signal: 'a test' };

type Replace = NonNullable<TestbedOptions['replaceTask']>;

/** Every look decides as given. */
const looking = (decision: string): Replace => {
  let looks = 0;
  return ({ stateName }) => {
    if (stateName !== 'EvaluateSignals') return undefined;
    looks += 1;
    const watch = { startedAtMs: 0, clearLooks: 0, looks };
    return { result: { verdict: 'test', evidence: ['seen'], atMs: 0, decision, because: 'test', watch } };
  };
};

/** A first poll that something holds back, and a second one that ends the watch. */
const heldBackOnce = (): Replace => {
  const decisions = ['stopped', 'cleared'];
  return ({ stateName }) => {
    if (stateName !== 'EvaluateSignals') return undefined;
    const watch = { startedAtMs: 0, clearLooks: 0, looks: 1 };
    const stops = [{ code: 'FROZEN', message: 'test' }];
    const decision = decisions.shift() ?? 'cleared';
    return { result: { verdict: 'agree', evidence: ['seen'], stops, atMs: 0, decision, because: 'test', watch } };
  };
};

/** Starts an execution with a name of the caller's choice. */
const startNamed = async (testbed: Testbed, machine: string, name: string, input: object): Promise<void> => {
  const stateMachineArn = testbed.machineArn(machine, here);
  await testbed
    .client(SFNClient, here)
    .send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
};

/** Starts a watch by hand and follows it to its end. */
const runWatch = (testbed: Testbed) => testbed.run('watch', here, watchInput);

describe('watch', () => {
  it('fails the pair over when its Region goes dark: two signals, one watch, one promotion', async () => {
    const testbed = await watched();
    await testbed.play(async () => {
      await settled(testbed);
      testbed.aws.blackout('us-east-1', { powerOff: true });
      await testbed.clock.sleepMs(12 * minuteMs);
      expect(promotions(testbed)).toEqual(['Promote us-west-2 ok']);
      const [watch, ...others] = watches(testbed);
      expect(others).toEqual([]);
      const end = await testbed.end(watch?.executionArn ?? '');
      expect(end.output).toMatchObject({ outcome: 'FailoverStarted', failover: { outcome: 'FailedOver' } });
      expect(testbed.broker('orders-replica').dataPlane.acceptsClients).toBe(true);
    });
  });

  it('fails over although CloudWatch hangs once the signals have agreed', async () => {
    const testbed = await watched();
    const { aws } = testbed;
    aws.faults.start({ kind: 'slow-answer', service: 'monitoring', caller: '*: request-failover*', delayMs: 60_000 });
    await testbed.play(async () => {
      await settled(testbed);
      aws.blackout('us-east-1', { powerOff: true });
      await testbed.clock.sleepMs(12 * minuteMs);
      expect(promotions(testbed)).toEqual(['Promote us-west-2 ok']);
    });
  });

  it('starts a failover that promotes nothing when the primary is heard again before its write', async () => {
    const testbed = await watched({ replaceTask: looking('failover'), consumers: 'hold' });
    await testbed.play(async () => {
      await settled(testbed);
      const end = await testbed.run('failover', here, {
        pair: 'orders',
        reason: 'test',
        acceptDataLoss: true,
        automatic: true,
        agreedAtMs: testbed.clock.nowMs(),
      });
      expect(end.output).toMatchObject({ outcome: 'SignalsCleared', blockers: [{ code: 'SIGNALS_CLEARED' }] });
      expect(end.states).toEqual(expect.arrayContaining(['ReleaseHeld', 'ReleaseLock', 'SignalsCleared']));
      expect(promotions(testbed)).toEqual([]);
      expect(await testbed.operator.guards('PAIR#orders').read()).not.toHaveProperty('lock');
    });
  });

  it('goes on after a failover that its signals do not bear any more, and pages once why', async () => {
    const decisions = ['failover', 'cleared'];
    const replaceTask: Replace = ({ stateName }) => {
      if (stateName !== 'EvaluateSignals') return undefined;
      const watch = { startedAtMs: 0, clearLooks: 0, looks: 1 };
      return { result: { evidence: [], stops: [], atMs: 0, decision: decisions.shift(), because: 'test', watch } };
    };
    const testbed = await watched({ replaceTask });
    await testbed.play(async () => {
      await settled(testbed);
      const end = await runWatch(testbed);
      expect(end.output).toMatchObject({ outcome: 'Cleared' });
      expect(pages(testbed)).toEqual(['mq-dr ACT NOW: automatic failover of orders held back by SIGNALS_CLEARED']);
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('promotes nothing in a partition, in which the primary still beats, and pages once', async () => {
    const testbed = await watched();
    await testbed.play(async () => {
      await settled(testbed);
      testbed.aws.faults.start({ kind: 'partition', regions });
      await testbed.clock.sleepMs(30 * minuteMs);
      expect(promotions(testbed)).toEqual([]);
      expect(pages(testbed)).toEqual(['mq-dr ACT NOW: orders may be down, the watch could not decide']);
      expect(testbed.broker('orders').dataPlane.acceptsClients).toBe(true);
    });
  });

  it('makes one watch of fifty equal events, and one of fifty different ones', async () => {
    const testbed = await watched();
    const { aws } = testbed;
    const alarm = (name: string): void => {
      const metric = { namespace: 'AWS/AmazonMQ', name: 'ReplicaWaitTime', dimensions: { Broker: 'orders-replica-1' } };
      aws.events.emit({
        region: here,
        source: 'aws.cloudwatch',
        detailType: 'CloudWatch Alarm State Change',
        detail: {
          alarmName: name,
          configuration: { metrics: [{ id: 'm', metricStat: { metric, period: 60, stat: 'Maximum' } }] },
          state: { value: 'ALARM', reason: 'test', timestamp: '2026-01-05T09:10:00.000+0000' },
        },
      });
    };
    await testbed.play(async () => {
      await settled(testbed);
      for (let count = 0; count < 50; count++) alarm('storm');
      await testbed.clock.sleepMs(1_000);
      expect(watches(testbed).length).toBe(1);
      await testbed.clock.sleepMs(5 * minuteMs);
      for (let count = 0; count < 50; count++) alarm(`storm ${count}`);
      await testbed.clock.sleepMs(5 * minuteMs);
      expect(watches(testbed).map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
      // The first one has ended: its event is old, and starts nothing.
      alarm('storm');
      await testbed.clock.sleepMs(minuteMs);
      expect(watches(testbed).length).toBe(2);
    });
  });

  it('is cleared by two clear looks, half a minute apart', async () => {
    const testbed = await watched();
    await testbed.play(async () => {
      await settled(testbed);
      const end = await runWatch(testbed);
      expect(end.output).toMatchObject({ outcome: 'Cleared', looks: 2 });
      expect(pages(testbed)).toEqual([]);
    });
  });

  it('leaves the pair to the watch that looks at it already', async () => {
    const testbed = await watched();
    await testbed.play(async () => {
      await settled(testbed);
      const first = await testbed.start('watch', here, watchInput);
      await testbed.clock.sleepMs(1_000);
      expect((await runWatch(testbed)).output).toMatchObject({ outcome: 'AlreadyWatched', owner: first });
    });
  });

  it('ends when another watch has taken its lease over', async () => {
    const testbed = await watched();
    await testbed.play(async () => {
      await settled(testbed);
      const first = await testbed.start('watch', here, watchInput);
      await testbed.clock.sleepMs(1_000);
      const lease = testbed.operator.guards('WATCH#orders');
      await lease.acquire('another', 'watch', testbed.clock.nowMs(), ['watch']);
      expect((await testbed.end(first)).output).toMatchObject({ outcome: 'AlreadyWatched' });
    });
  });

  it('pages with the reasons when the failover that it starts refuses', async () => {
    const testbed = await watched({ settings: { automaticFailover: false } });
    await testbed.play(async () => {
      await settled(testbed);
      testbed.aws.blackout('us-east-1', { powerOff: true });
      await testbed.clock.sleepMs(12 * minuteMs);
      expect(promotions(testbed)).toEqual([]);
      expect(pages(testbed)).toEqual(['mq-dr ACT NOW: automatic failover of orders refused']);
      expect(testbed.aws.notifications()[0]?.message).toContain('NOT_ENROLLED');
      const end = await testbed.end(watches(testbed)[0]?.executionArn ?? '');
      expect(end.output).toMatchObject({ outcome: 'Paged', blockers: [{ code: 'NOT_ENROLLED' }] });
    });
  });

  it('fails with the child, without a second page, when the failover that it starts fails', async () => {
    const testbed = await watched({
      replaceTask: ({ machineName, stateName }) =>
        machineName === 'failover' && stateName === 'AssessFailover'
          ? new TaskFailure('UnsafeTopology', 'injected')
          : undefined,
    });
    await testbed.play(async () => {
      await settled(testbed);
      testbed.aws.blackout('us-east-1', { powerOff: true });
      await testbed.clock.sleepMs(12 * minuteMs);
      const end = await testbed.end(watches(testbed)[0]?.executionArn ?? '');
      expect(end).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      expect(pages(testbed)).toEqual(['mq-dr ACT NOW: failover of orders failed: UnsafeTopology']);
    });
  });

  it('pages and fails when the failover cannot be started at all', async () => {
    const testbed = await watched({ replaceTask: looking('failover') });
    await testbed.play(async () => {
      await settled(testbed);
      // The name of the child is taken already, by an execution with another input.
      await startNamed(testbed, 'failover', 'taken-1', { pair: 'orders', reason: 'test', acceptDataLoss: false });
      await startNamed(testbed, 'watch', 'taken', watchInput);
      const end = await testbed.end(`arn:aws:states:${here}:123456789012:execution:watch:taken`);
      expect(end).toMatchObject({ status: 'FAILED', error: 'StepFunctions.ExecutionAlreadyExistsException' });
      expect(pages(testbed)).toEqual([
        'mq-dr ACT NOW: watch of orders failed: StepFunctions.ExecutionAlreadyExistsException',
      ]);
      // The lease is given back all the same.
      expect(await testbed.operator.guards('WATCH#orders').read()).not.toHaveProperty('lock');
    });
  });

  it('goes on waiting for the same failover when it takes longer than the task allows', async () => {
    const source = readFileSync(new URL('../../statemachines/watch.asl.json', import.meta.url), 'utf8');
    const impatient = source.replace('${FailoverTimeoutSeconds} %}', '$floor(${FailoverTimeoutSeconds} / 400) %}');
    const testbed = await watched({ definitions: { watch: impatient } });
    await testbed.play(async () => {
      await settled(testbed);
      testbed.aws.blackout('us-east-1', { powerOff: true });
      testbed.aws.faults.start({ kind: 'slow-answer', service: 'mq', delayMs: 7_000 });
      await testbed.clock.sleepMs(14 * minuteMs);
      const [watch] = watches(testbed);
      const end = await testbed.end(watch?.executionArn ?? '');
      expect(end.output).toMatchObject({ outcome: 'FailoverStarted' });
      expect(testbed.transitions).toContainEqual(
        expect.objectContaining({ stateName: 'StartFailover', kind: 'retried', error: 'States.Timeout' }),
      );
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('ends with a page after the largest number of looks, whatever the looks say', async () => {
    const testbed = await createTestbed({ paired: true, replaceTask: looking('wait') });
    await testbed.play(async () => {
      const end = await runWatch(testbed);
      expect(end.output).toMatchObject({ outcome: 'Paged', because: 'test' });
      expect(end.states.filter((state) => state === 'EvaluateSignals').length).toBe(130);
    });
  });

  it('goes on looking while the Control table cannot be reached, and promotes nothing', async () => {
    const testbed = await watched();
    const { clock, aws } = testbed;
    await testbed.play(async () => {
      await settled(testbed);
      const execution = await testbed.start('watch', here, watchInput);
      await clock.sleepMs(1_000);
      aws.faults.start({ id: 'table', kind: 'server-error', service: 'dynamodb' });
      aws.blackout('us-east-1', { powerOff: true });
      await clock.sleepMs(9 * minuteMs);
      aws.faults.stop('table');
      // Nobody could beat for nine minutes: the silence of the primary side says nothing yet.
      expect((await testbed.end(execution)).output).toMatchObject({ outcome: 'Paged' });
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('tells people when a signal comes and the Control table cannot be reached', async () => {
    const testbed = await watched();
    const { clock, aws } = testbed;
    await testbed.play(async () => {
      await settled(testbed);
      aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
      aws.faults.start({ kind: 'link-cut', regions });
      await clock.sleepMs(10 * minuteMs);
      expect(promotions(testbed)).toEqual([]);
      expect(pages(testbed)).toEqual(['mq-dr ACT NOW: could not start the automatic watch of orders']);
    });
  });

  it('names the configured pairs when the pair is unknown', async () => {
    const testbed = await watched();
    await testbed.play(async () => {
      const end = await testbed.run('watch', here, { pair: 'order', signal: 'test' });
      expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: expect.stringContaining('orders') });
    });
  });

  it('refuses to watch where the pair has no broker', async () => {
    const testbed = await watched();
    await testbed.play(async () => {
      const end = await testbed.run('watch', 'us-east-2', watchInput);
      expect(end).toMatchObject({ status: 'FAILED', error: 'InvalidInput', cause: expect.stringContaining(here) });
    });
  });
});

const brokenAtStart: Replace = ({ stateName }) =>
  stateName === 'TakeWatch' ? new TaskFailure('NotFound', 'broken by the setup') : undefined;

/** Each Task with what leads a run to it, and whether its failure is the run's. */
const tasks: readonly (readonly [state: string, setup: () => Replace, failsTheRun: boolean])[] = [
  ['TakeWatch', () => looking('cleared'), true],
  ['EvaluateSignals', () => looking('cleared'), true],
  ['ReportHeldBack', heldBackOnce, false],
  ['ReportWatch', () => looking('page'), true],
  ['ReleaseWatch', () => looking('cleared'), false],
  ['ReportFailure', () => brokenAtStart, false],
];

describe.each(tasks)('watch, %s', (state, setup, failsTheRun) => {
  const runWith = async (...errors: readonly string[]) => {
    const left = [...errors];
    const replace = setup();
    const testbed = await createTestbed({
      paired: true,
      replaceTask: (call) => {
        const error = call.stateName === state ? left.shift() : undefined;
        return error === undefined ? replace(call) : new TaskFailure(error, `injected into ${state}`);
      },
    });
    const { status, error, output } = await testbed.play(() => runWatch(testbed));
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
