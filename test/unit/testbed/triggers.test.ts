import { MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { ControlItems } from '../../../functions/control/control-items.ts';
import { HeartbeatTable } from '../../../functions/control/heartbeat-table.ts';
import { currentRuntime } from '../../../functions/runtime/runtime.ts';
import { startTriggers } from '../../../testbed/triggers.ts';
import { WorkflowStage } from '../../support/workflow-stage.ts';

const minuteMs = 60_000;
const here = 'us-west-2';

const triggered = async (options: Parameters<typeof WorkflowStage.create>[0] = {}): Promise<WorkflowStage> => {
  const stage = await WorkflowStage.create({ paired: true, ...options });
  startTriggers(stage.stage);
  return stage;
};

const heartbeats = ({ stage: { clock, aws } }: WorkflowStage): HeartbeatTable => {
  const runtime = { ...currentRuntime(), clock, random: () => 0.5, aws: aws.clientSettings() };
  return new HeartbeatTable(new ControlItems(runtime, { region: 'us-east-2', tableName: 'mq-dr-control' }));
};

const promoteByHand = (stage: WorkflowStage) =>
  new MqClient({ ...stage.stage.aws.clientSettings(), region: here, maxAttempts: 1 }).send(
    new PromoteCommand({ BrokerId: stage.broker('orders-replica').brokerId, Mode: 'FAILOVER' }),
  );

const subjects = (stage: WorkflowStage) => stage.stage.aws.notifications().map(({ subject }) => subject);

describe('the triggers of a stage', () => {
  it('write a heartbeat a minute in the Region of each broker', async () => {
    const stage = await triggered();
    const { clock } = stage.stage;
    await stage.play(async () => {
      const startMs = clock.nowMs();
      await clock.sleepMs(5 * minuteMs + 1_000);
      expect(await heartbeats(stage).read('orders', 'us-east-1')).toMatchObject({
        role: 'primary',
        state: 'RUNNING',
        endpoint: 'accepts',
        opened: 'amqp',
        connections: 0,
        backlogEvents: expect.any(Number),
        atMs: startMs + 5 * minuteMs,
        beatingSinceMs: startMs + minuteMs,
      });
      expect(await heartbeats(stage).read('orders', here)).toMatchObject({
        role: 'replica',
        endpoint: 'refuses',
        opened: 'nothing',
      });
    });
  });

  it('write no heartbeat in a Region that is dark, and begin anew when it is back', async () => {
    const stage = await triggered();
    const { clock, aws } = stage.stage;
    await stage.play(async () => {
      await clock.sleepMs(5 * minuteMs + 1_000);
      const lastMs = clock.nowMs() - 1_000;
      aws.blackout('us-east-1');
      await clock.sleepMs(5 * minuteMs);
      expect(await heartbeats(stage).read('orders', 'us-east-1')).toMatchObject({ atMs: lastMs });
      aws.restore('us-east-1');
      await clock.sleepMs(minuteMs);
      const { atMs, beatingSinceMs } = (await heartbeats(stage).read('orders', 'us-east-1')) ?? {};
      expect(atMs).toBeGreaterThan(lastMs + 5 * minuteMs);
      expect(beatingSinceMs).toBe(atMs);
    });
  });

  it('evaluate readiness every quarter of an hour where there is a broker', async () => {
    const stage = await triggered();
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(31 * minuteMs);
      const runs = stage.stage.engine.executions().filter(({ machineName }) => machineName === 'readiness');
      expect(runs.map(({ region, status }) => `${region} ${status}`)).toEqual([
        'us-east-1 SUCCEEDED',
        'us-west-2 SUCCEEDED',
        'us-east-1 SUCCEEDED',
        'us-west-2 SUCCEEDED',
      ]);
    });
  });

  it('report a promotion that somebody made in the console, once, and none of their own', async () => {
    const stage = await triggered();
    const { clock, aws } = stage.stage;
    await stage.play(async () => {
      await clock.sleepMs(10 * minuteMs);
      expect((await stage.run('switchover', here, stage.switchoverInput())).output).toMatchObject({
        outcome: 'SwitchedOver',
      });
      await clock.sleepMs(5 * minuteMs);
      expect(subjects(stage)).toEqual([]);
      await stage.run('switchover', 'us-east-1', stage.switchoverInput({ targetRegion: 'us-east-1' }));
      await clock.sleepMs(5 * minuteMs);
      await promoteByHand(stage);
      await clock.sleepMs(5 * minuteMs);
      expect(subjects(stage)).toEqual(['mq-dr ACT NOW: orders was promoted outside mq-dr']);
      expect(aws.events.events).toContainEqual(
        expect.objectContaining({ source: 'mq-dr', 'detail-type': 'Promotion Outside mq-dr' }),
      );
    });
  });

  it('hand an event over again a minute and two later when the function failed, and drop it at last', async () => {
    const stage = await triggered();
    const { clock, aws } = stage.stage;
    const failures: number[] = [];
    stage.stage.observe({
      log: ({ level, atMs, functionName }) => {
        if (level === 'error' && functionName === 'receive-event') failures.push(atMs - startMs);
      },
    });
    let startMs = 0;
    await stage.play(async () => {
      startMs = clock.nowMs();
      // A detail that nobody can read.
      const detail = { service: 'MQ' };
      aws.events.emit({ region: here, source: 'aws.health', detailType: 'AWS Health Event', detail });
      await clock.sleepMs(10 * minuteMs);
      expect(failures).toEqual([0, minuteMs, 3 * minuteMs]);
    });
  });

  it('go on with the other pairs when one has no broker that can be found', async () => {
    const stage = await triggered();
    const { clock } = stage.stage;
    const ghost = (region: string) =>
      `arn:aws:mq:${region}:123456789012:broker:ghost:b-00000000-0000-4000-8000-000000000000`;
    const member = (name: string) => stage.broker(name).brokerArn;
    stage.stage.configurePairs([
      { name: 'unformed' },
      { name: 'ghost', brokers: [ghost('us-east-1'), ghost(here)] },
      { name: 'orders', brokers: [member('orders'), member('orders-replica')] },
    ]);
    await stage.play(async () => {
      await clock.sleepMs(minuteMs + 1_000);
      expect(await heartbeats(stage).read('orders', here)).toMatchObject({ role: 'replica' });
      expect(await heartbeats(stage).read('ghost', here)).toMatchObject({ role: 'unknown' });
    });
  });

  it('fail the heartbeat function when no pair can beat', async () => {
    const stage = await triggered();
    stage.stage.aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
    await stage.play(async () => {
      await expect(stage.stage.invoke('write-heartbeat', here, {})).rejects.toMatchObject({
        error: 'ServiceUnavailable',
      });
    });
  });

  it('name a function that is not deployed', async () => {
    const stage = await triggered();
    await stage.play(async () => {
      await expect(stage.stage.invoke('write-heartbeats', here, {})).rejects.toThrow('no function "write-heartbeats"');
    });
  });
});
