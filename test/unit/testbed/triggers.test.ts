import { MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import type { Testbed } from '../../../testbed/testbed.ts';
import { createTestbed, switchoverInput, type TestbedOptions } from '../../support/testbed.ts';

const minuteMs = 60_000;
const here = 'us-west-2';

const triggered = async (options: TestbedOptions = {}): Promise<Testbed> => {
  const testbed = await createTestbed({ paired: true, ...options });
  testbed.startTriggers();
  return testbed;
};

const promoteByHand = (testbed: Testbed) =>
  testbed
    .client(MqClient, here)
    .send(new PromoteCommand({ BrokerId: testbed.broker('orders-replica').brokerId, Mode: 'FAILOVER' }));

const subjects = (testbed: Testbed) => testbed.aws.notifications().map(({ subject }) => subject);

describe('the triggers of a test bed', () => {
  it('write a heartbeat a minute in the Region of each broker', async () => {
    const testbed = await triggered();
    const { clock } = testbed;
    await testbed.play(async () => {
      const startMs = clock.nowMs();
      await clock.sleepMs(5 * minuteMs + 1_000);
      expect(await testbed.operator.heartbeats.read('orders', 'us-east-1')).toMatchObject({
        role: 'primary',
        state: 'RUNNING',
        endpoint: 'accepts',
        opened: 'amqp',
        connections: 0,
        backlogEvents: expect.any(Number),
        atMs: startMs + 5 * minuteMs,
        beatingSinceMs: startMs + minuteMs,
      });
      expect(await testbed.operator.heartbeats.read('orders', here)).toMatchObject({
        role: 'replica',
        endpoint: 'refuses',
        opened: 'nothing',
      });
    });
  });

  it('write no heartbeat in a Region that is dark, and begin anew when it is back', async () => {
    const testbed = await triggered();
    const { clock, aws } = testbed;
    await testbed.play(async () => {
      await clock.sleepMs(5 * minuteMs + 1_000);
      const lastMs = clock.nowMs() - 1_000;
      aws.blackout('us-east-1');
      await clock.sleepMs(5 * minuteMs);
      expect(await testbed.operator.heartbeats.read('orders', 'us-east-1')).toMatchObject({ atMs: lastMs });
      aws.restore('us-east-1');
      await clock.sleepMs(minuteMs);
      const { atMs, beatingSinceMs } = (await testbed.operator.heartbeats.read('orders', 'us-east-1')) ?? {};
      expect(atMs).toBeGreaterThan(lastMs + 5 * minuteMs);
      expect(beatingSinceMs).toBe(atMs);
    });
  });

  it('evaluate readiness every quarter of an hour where there is a broker', async () => {
    const testbed = await triggered();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(31 * minuteMs);
      const runs = testbed.engine.executions().filter(({ machineName }) => machineName === 'readiness');
      expect(runs.map(({ region, status }) => `${region} ${status}`)).toEqual([
        'us-east-1 SUCCEEDED',
        'us-west-2 SUCCEEDED',
        'us-east-1 SUCCEEDED',
        'us-west-2 SUCCEEDED',
      ]);
    });
  });

  it('report a promotion that somebody made in the console, once, and none of their own', async () => {
    const testbed = await triggered();
    const { clock, aws } = testbed;
    await testbed.play(async () => {
      await clock.sleepMs(10 * minuteMs);
      expect((await testbed.run('switchover', here, switchoverInput())).output).toMatchObject({
        outcome: 'SwitchedOver',
      });
      await clock.sleepMs(5 * minuteMs);
      expect(subjects(testbed)).toEqual([]);
      await testbed.run('switchover', 'us-east-1', switchoverInput({ targetRegion: 'us-east-1' }));
      await clock.sleepMs(5 * minuteMs);
      await promoteByHand(testbed);
      await clock.sleepMs(5 * minuteMs);
      expect(subjects(testbed)).toEqual(['mq-dr ACT NOW: orders was promoted outside mq-dr']);
      expect(aws.events.events).toContainEqual(
        expect.objectContaining({ source: 'mq-dr', 'detail-type': 'Promotion Outside mq-dr' }),
      );
    });
  });

  it('hand an event over again a minute and two later when the function failed, and drop it at last', async () => {
    const testbed = await triggered();
    const { clock, aws } = testbed;
    const failures: number[] = [];
    testbed.observe({
      log: ({ level, atMs, functionName }) => {
        if (level === 'error' && functionName === 'receive-event') failures.push(atMs - startMs);
      },
    });
    let startMs = 0;
    await testbed.play(async () => {
      startMs = clock.nowMs();
      // A detail that nobody can read.
      const detail = { service: 'MQ' };
      aws.events.emit({ region: here, source: 'aws.health', detailType: 'AWS Health Event', detail });
      await clock.sleepMs(10 * minuteMs);
      expect(failures).toEqual([0, minuteMs, 3 * minuteMs]);
    });
  });

  it('go on with the other pairs when one has no broker that can be found', async () => {
    const testbed = await triggered();
    const { clock } = testbed;
    const ghost = (region: string) =>
      `arn:aws:mq:${region}:123456789012:broker:ghost:b-00000000-0000-4000-8000-000000000000`;
    const member = (name: string) => testbed.broker(name).brokerArn;
    testbed.deployPairs([
      { name: 'unformed' },
      { name: 'ghost', brokers: [ghost('us-east-1'), ghost(here)] },
      { name: 'orders', brokers: [member('orders'), member('orders-replica')] },
    ]);
    await testbed.play(async () => {
      await clock.sleepMs(minuteMs + 1_000);
      expect(await testbed.operator.heartbeats.read('orders', here)).toMatchObject({ role: 'replica' });
      expect(await testbed.operator.heartbeats.read('ghost', here)).toMatchObject({ role: 'unknown' });
    });
  });

  it('do not fail the heartbeat function while a replica is still to be created', async () => {
    const testbed = await triggered();
    testbed.deployPairs([{ name: 'unformed' }]);
    await testbed.play(async () => {
      expect(await testbed.invoke('write-heartbeat', here, {})).toEqual({ written: 0, failed: [] });
    });
  });

  it('fail the heartbeat function when no pair can beat', async () => {
    const testbed = await triggered();
    testbed.aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
    await testbed.play(async () => {
      await expect(testbed.invoke('write-heartbeat', here, {})).rejects.toMatchObject({
        error: 'ServiceUnavailable',
      });
    });
  });

  it('name a function that is not deployed', async () => {
    const testbed = await triggered();
    await testbed.play(async () => {
      await expect(testbed.invoke('write-heartbeats', here, {})).rejects.toThrow('no function "write-heartbeats"');
    });
  });
});
