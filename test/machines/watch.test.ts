import { readFileSync } from 'node:fs';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { startTriggers } from '../../testbed/triggers.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

const minuteMs = 60_000;
const here = 'us-west-2';
const regions: [string, string] = ['us-east-1', here];

/** A pair that has replicated and beaten for ten minutes, with the rules switched on and an alarm in each Region. */
const watched = async (options: Parameters<typeof WorkflowStage.create>[0] = {}): Promise<WorkflowStage> => {
  const stage = await WorkflowStage.create({
    paired: true,
    ...options,
    pair: { automaticFailover: true, ...options.pair },
  });
  const { aws } = stage.stage;
  for (const [region, broker] of [
    ['us-east-1', 'orders'],
    [here, 'orders-replica'],
  ] as const) {
    aws.addAlarm(region, {
      alarmName: `${broker}-wait`,
      metrics: [{ namespace: 'AWS/AmazonMQ', metricName: 'ReplicaWaitTime', dimensions: { Broker: `${broker}-1` } }],
      threshold: { above: 180_000, missingData: 'ignore' },
    });
  }
  startTriggers(stage.stage);
  return stage;
};

const settled = async (stage: WorkflowStage): Promise<void> => {
  await stage.stage.clock.sleepMs(10 * minuteMs);
};

const watches = (stage: WorkflowStage) =>
  stage.stage.engine.executions().filter(({ machineName }) => machineName === 'watch');

const promotions = (stage: WorkflowStage): readonly string[] =>
  stage.mqWrites().filter((write) => write.startsWith('Promote'));

const pages = (stage: WorkflowStage): readonly (string | undefined)[] =>
  stage.stage.aws.notifications().map(({ subject }) => subject);

const watchInput = { pair: 'orders', signal: 'a test' };

type Replace = NonNullable<NonNullable<Parameters<typeof WorkflowStage.create>[0]>['replaceTask']>;

/** Every look decides as given. */
const looking = (decision: string): Replace => {
  let looks = 0;
  return ({ stateName }) => {
    if (stateName !== 'EvaluateSignals') return undefined;
    looks += 1;
    const watch = { startedAtMs: 0, clearLooks: 0, looks };
    return { result: { verdict: 'test', evidence: ['seen'], decision, because: 'test', watch } };
  };
};

/** Starts an execution with a name of the caller's choice. */
const startNamed = async (stage: WorkflowStage, machine: string, name: string, input: object): Promise<void> => {
  const stateMachineArn = stage.stage.machineArn(machine, here);
  await stage.sfn(here).send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
};

/** Starts a watch by hand and follows it to its end. */
const runWatch = (stage: WorkflowStage) => stage.run('watch', here, watchInput);

describe('watch', () => {
  it('fails the pair over when its Region goes dark: two signals, one watch, one promotion', async () => {
    const stage = await watched();
    await stage.play(async () => {
      await settled(stage);
      stage.stage.aws.blackout('us-east-1', { powerOff: true });
      await stage.stage.clock.sleepMs(12 * minuteMs);
      expect(promotions(stage)).toEqual(['Promote us-west-2 ok']);
      const [watch, ...others] = watches(stage);
      expect(others).toEqual([]);
      const end = await stage.end(watch?.executionArn ?? '');
      expect(end.output).toMatchObject({ outcome: 'FailoverStarted', failover: { outcome: 'FailedOver' } });
      expect(stage.broker('orders-replica').dataPlane.acceptsClients).toBe(true);
    });
  });

  it('promotes nothing in a partition, in which the primary still beats, and pages once', async () => {
    const stage = await watched();
    await stage.play(async () => {
      await settled(stage);
      stage.stage.aws.faults.start({ kind: 'partition', regions });
      await stage.stage.clock.sleepMs(30 * minuteMs);
      expect(promotions(stage)).toEqual([]);
      expect(pages(stage)).toEqual(['mq-dr ACT NOW: orders may be down, the watch could not decide']);
      expect(stage.broker('orders').dataPlane.acceptsClients).toBe(true);
    });
  });

  it('makes one watch of fifty equal events, and one of fifty different ones', async () => {
    const stage = await watched();
    const { aws } = stage.stage;
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
    await stage.play(async () => {
      await settled(stage);
      for (let count = 0; count < 50; count++) alarm('storm');
      await stage.stage.clock.sleepMs(1_000);
      expect(watches(stage).length).toBe(1);
      await stage.stage.clock.sleepMs(5 * minuteMs);
      for (let count = 0; count < 50; count++) alarm(`storm ${count}`);
      await stage.stage.clock.sleepMs(5 * minuteMs);
      expect(watches(stage).map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
      // The first one has ended: its event is old, and starts nothing.
      alarm('storm');
      await stage.stage.clock.sleepMs(minuteMs);
      expect(watches(stage).length).toBe(2);
    });
  });

  it('is cleared by two clear looks, half a minute apart', async () => {
    const stage = await watched();
    await stage.play(async () => {
      await settled(stage);
      const end = await runWatch(stage);
      expect(end.output).toMatchObject({ outcome: 'Cleared', looks: 2 });
      expect(pages(stage)).toEqual([]);
    });
  });

  it('leaves the pair to the watch that looks at it already', async () => {
    const stage = await watched();
    await stage.play(async () => {
      await settled(stage);
      const first = await stage.start('watch', here, watchInput);
      await stage.stage.clock.sleepMs(1_000);
      expect((await runWatch(stage)).output).toMatchObject({ outcome: 'AlreadyWatched', owner: first });
    });
  });

  it('ends when another watch has taken its lease over', async () => {
    const stage = await watched();
    await stage.play(async () => {
      await settled(stage);
      const first = await stage.start('watch', here, watchInput);
      await stage.stage.clock.sleepMs(1_000);
      const lease = stage.guardTable('WATCH#orders');
      await lease.acquire('another', 'watch', stage.stage.clock.nowMs(), ['watch']);
      expect((await stage.end(first)).output).toMatchObject({ outcome: 'AlreadyWatched' });
    });
  });

  it('pages with the reasons when the failover that it starts refuses', async () => {
    const stage = await watched({ pair: { automaticFailover: false } });
    await stage.play(async () => {
      await settled(stage);
      stage.stage.aws.blackout('us-east-1', { powerOff: true });
      await stage.stage.clock.sleepMs(12 * minuteMs);
      expect(promotions(stage)).toEqual([]);
      expect(pages(stage)).toEqual(['mq-dr ACT NOW: automatic failover of orders refused']);
      expect(stage.stage.aws.notifications()[0]?.message).toContain('NOT_ENROLLED');
      const end = await stage.end(watches(stage)[0]?.executionArn ?? '');
      expect(end.output).toMatchObject({ outcome: 'Paged', blockers: [{ code: 'NOT_ENROLLED' }] });
    });
  });

  it('fails with the child, without a second page, when the failover that it starts fails', async () => {
    const stage = await watched({
      replaceTask: ({ machineName, stateName }) =>
        machineName === 'failover' && stateName === 'AssessFailover'
          ? new TaskFailure('UnsafeTopology', 'injected')
          : undefined,
    });
    await stage.play(async () => {
      await settled(stage);
      stage.stage.aws.blackout('us-east-1', { powerOff: true });
      await stage.stage.clock.sleepMs(12 * minuteMs);
      const end = await stage.end(watches(stage)[0]?.executionArn ?? '');
      expect(end).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
      expect(pages(stage)).toEqual(['mq-dr ACT NOW: failover of orders failed: UnsafeTopology']);
    });
  });

  it('pages and fails when the failover cannot be started at all', async () => {
    const stage = await watched({ replaceTask: looking('failover') });
    await stage.play(async () => {
      await settled(stage);
      // The name of the child is taken already, by an execution with another input.
      await startNamed(stage, 'failover', 'taken', { pair: 'orders', reason: 'test', acceptDataLoss: false });
      await startNamed(stage, 'watch', 'taken', watchInput);
      const end = await stage.end(`arn:aws:states:${here}:123456789012:execution:watch:taken`);
      expect(end).toMatchObject({ status: 'FAILED', error: 'StepFunctions.ExecutionAlreadyExistsException' });
      expect(pages(stage)).toEqual([
        'mq-dr ACT NOW: watch of orders failed: StepFunctions.ExecutionAlreadyExistsException',
      ]);
      // The lease is given back all the same.
      expect(await stage.guardTable('WATCH#orders').read()).not.toHaveProperty('lock');
    });
  });

  it('goes on waiting for the same failover when it takes longer than the task allows', async () => {
    const source = readFileSync(new URL('../../statemachines/watch.asl.json', import.meta.url), 'utf8');
    const impatient = source.replace('${FailoverTimeoutSeconds} %}', '$floor(${FailoverTimeoutSeconds} / 400) %}');
    const stage = await watched({ replaceTask: looking('failover'), definitions: { watch: impatient } });
    await stage.play(async () => {
      await settled(stage);
      stage.stage.aws.faults.start({ kind: 'slow-answer', service: 'mq', delayMs: 7_000 });
      const end = await runWatch(stage);
      expect(end.output).toMatchObject({ outcome: 'FailoverStarted' });
      expect(stage.transitions).toContainEqual(
        expect.objectContaining({ stateName: 'StartFailover', kind: 'retried', error: 'States.Timeout' }),
      );
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('ends with a page after the largest number of looks, whatever the looks say', async () => {
    const stage = await WorkflowStage.create({ paired: true, replaceTask: looking('wait') });
    await stage.play(async () => {
      const end = await runWatch(stage);
      expect(end.output).toMatchObject({ outcome: 'Paged', because: 'test' });
      expect(end.states.filter((state) => state === 'EvaluateSignals').length).toBe(130);
    });
  });

  it('goes on looking while the Control table cannot be reached, and promotes nothing', async () => {
    const stage = await watched();
    const { clock, aws } = stage.stage;
    await stage.play(async () => {
      await settled(stage);
      const execution = await stage.start('watch', here, watchInput);
      await clock.sleepMs(1_000);
      aws.faults.start({ id: 'table', kind: 'server-error', service: 'dynamodb' });
      aws.blackout('us-east-1', { powerOff: true });
      await clock.sleepMs(9 * minuteMs);
      aws.faults.stop('table');
      // Nobody could beat for nine minutes: the silence of the primary side says nothing yet.
      expect((await stage.end(execution)).output).toMatchObject({ outcome: 'Paged' });
      expect(promotions(stage)).toEqual([]);
    });
  });

  it('tells people when a signal comes and the Control table cannot be reached', async () => {
    const stage = await watched();
    const { clock, aws } = stage.stage;
    await stage.play(async () => {
      await settled(stage);
      aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
      aws.faults.start({ kind: 'link-cut', regions });
      await clock.sleepMs(10 * minuteMs);
      expect(promotions(stage)).toEqual([]);
      expect(pages(stage)).toEqual(['mq-dr ACT NOW: could not start the automatic watch of orders']);
    });
  });

  it('names the configured pairs when the pair is unknown', async () => {
    const stage = await watched();
    await stage.play(async () => {
      const end = await stage.run('watch', here, { pair: 'order', signal: 'test' });
      expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: expect.stringContaining('orders') });
    });
  });

  it('refuses to watch where the pair has no broker', async () => {
    const stage = await watched();
    await stage.play(async () => {
      const end = await stage.run('watch', 'us-east-2', watchInput);
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
  ['ReportWatch', () => looking('page'), true],
  ['ReleaseWatch', () => looking('cleared'), false],
  ['ReportFailure', () => brokenAtStart, false],
];

describe.each(tasks)('watch, %s', (state, setup, failsTheRun) => {
  const runWith = async (...errors: readonly string[]) => {
    const left = [...errors];
    const replace = setup();
    const stage = await WorkflowStage.create({
      paired: true,
      replaceTask: (call) => {
        const error = call.stateName === state ? left.shift() : undefined;
        return error === undefined ? replace(call) : new TaskFailure(error, `injected into ${state}`);
      },
    });
    const { status, error, output } = await stage.play(() => runWatch(stage));
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
