import { describe, expect, it } from 'vitest';
import type { AlarmThreshold } from '../../../../../simulator/world/cloudwatch/alarm-store.ts';
import type { Testbed } from '../../../../../testbed/testbed.ts';
import { createTestbed } from '../../../../support/testbed.ts';

const minuteMs = 60_000;

const withAlarm = async (threshold: AlarmThreshold): Promise<Testbed> => {
  const testbed = await createTestbed({ paired: true });
  testbed.aws.addAlarm('us-west-2', {
    alarmName: 'wait',
    metrics: [
      { namespace: 'AWS/AmazonMQ', metricName: 'ReplicaWaitTime', dimensions: { Broker: 'orders-replica-1' } },
      { namespace: 'AWS/AmazonMQ', metricName: 'ReplicaWaitTime', dimensions: { Broker: 'orders-replica-2' } },
    ],
    threshold,
  });
  return testbed;
};

const changes = (testbed: Testbed) =>
  testbed.aws.events.events
    .filter((event) => event['detail-type'] === 'CloudWatch Alarm State Change')
    .map(({ detail }) => (detail.state as { readonly value: string }).value);

describe('an alarm with a threshold', () => {
  it('fires when the metric passes it, once, and is over when the metric is back', async () => {
    const testbed = await withAlarm({ above: 180_000, missingData: 'ignore' });
    const { clock, aws } = testbed;
    await testbed.play(async () => {
      await clock.sleepMs(10 * minuteMs);
      expect(changes(testbed)).toEqual([]);
      aws.faults.start({ id: 'cut', kind: 'link-cut', regions: ['us-east-1', 'us-west-2'] });
      await clock.sleepMs(10 * minuteMs);
      expect(changes(testbed)).toEqual(['ALARM']);
      aws.faults.stop('cut');
      await clock.sleepMs(10 * minuteMs);
      expect(changes(testbed)).toEqual(['ALARM', 'OK']);
      expect(aws.events.events[0]).toMatchObject({
        source: 'aws.cloudwatch',
        region: 'us-west-2',
        resources: ['arn:aws:cloudwatch:us-west-2:123456789012:alarm:wait'],
        detail: {
          alarmName: 'wait',
          previousState: { value: 'OK' },
          configuration: { metrics: [{ metricStat: { metric: { name: 'ReplicaWaitTime' } } }, {}] },
        },
      });
    });
  });

  it.each([
    ['breaching', ['ALARM']],
    ['missing', ['INSUFFICIENT_DATA']],
    ['ignore', []],
  ] as const)('that takes missing data for "%s" changes accordingly', async (missingData, expected) => {
    const testbed = await withAlarm({ above: 180_000, missingData });
    testbed.aws.faults.start({ kind: 'metrics', effect: 'missing' });
    await testbed.play(async () => {
      await testbed.clock.sleepMs(3 * minuteMs);
      expect(changes(testbed)).toEqual(expected);
    });
  });

  it('is not evaluated in a dark Region', async () => {
    const testbed = await withAlarm({ above: 180_000, missingData: 'breaching' });
    testbed.aws.blackout('us-west-2');
    await testbed.play(async () => {
      await testbed.clock.sleepMs(10 * minuteMs);
      expect(changes(testbed)).toEqual([]);
    });
  });
});
