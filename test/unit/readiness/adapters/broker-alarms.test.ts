import 'aws-sdk-client-mock-vitest/extend';
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readBrokerAlarms } from '../../../../functions/readiness/adapters/broker-alarms.ts';
import { fakeRuntime, sdkError } from '../../../support/fake-ports.ts';

const cloudWatch = mockClient(CloudWatchClient);
beforeEach(() => {
  cloudWatch.reset();
});

const metricOf = (Broker: string, Namespace = 'AWS/AmazonMQ') => ({
  Namespace,
  MetricName: 'ReplicaWaitTime',
  Dimensions: [{ Name: 'Broker', Value: Broker }],
});
const alarm = (AlarmName: string, more: Partial<MetricAlarm>): MetricAlarm => ({
  AlarmName,
  ActionsEnabled: true,
  StateValue: 'OK',
  ...more,
});
const read = (prefix?: string) => readBrokerAlarms(fakeRuntime(), 'us-west-2', 'orders', prefix);

describe('readBrokerAlarms', () => {
  it('finds alarms by the broker that they watch, whatever their names and however they name their metrics', async () => {
    cloudWatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        alarm('one metric', metricOf('orders-1')),
        alarm('two', {
          ActionsEnabled: false,
          StateValue: 'ALARM',
          Metrics: [
            { Id: 'e', Expression: 'MAX(METRICS())' },
            ...['orders-1', 'orders-2'].map((Broker, index) => ({
              Id: `m${index}`,
              MetricStat: { Metric: metricOf(Broker), Period: 60, Stat: 'Maximum' },
            })),
          ],
        }),
        alarm('another broker', metricOf('orders-eu-1')),
        alarm('another namespace', metricOf('orders-1', 'App')),
        alarm('nothing', {}),
      ],
    });
    const watches = (instance: string) => ({ metricName: 'ReplicaWaitTime', instance });
    expect(await read()).toEqual([
      { alarmName: 'one metric', state: 'OK', actionsEnabled: true, watches: [watches('orders-1')] },
      { alarmName: 'two', state: 'ALARM', actionsEnabled: false, watches: [watches('orders-1'), watches('orders-2')] },
    ]);
    expect(await cloudWatch.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it('reads every page, of the names that begin as asked', async () => {
    cloudWatch
      .on(DescribeAlarmsCommand)
      .resolvesOnce({ MetricAlarms: [alarm('a', metricOf('orders-1'))], NextToken: 'more' })
      .resolvesOnce({ MetricAlarms: [alarm('b', metricOf('orders-2'))] });
    expect((await read('dr-')).map(({ alarmName }) => alarmName)).toEqual(['a', 'b']);
    expect(cloudWatch).toHaveReceivedNthCommandWith(DescribeAlarmsCommand, 1, { AlarmNamePrefix: 'dr-' });
    expect(cloudWatch).toHaveReceivedNthCommandWith(DescribeAlarmsCommand, 2, { NextToken: 'more' });
  });

  it('does not call an account without end complete', async () => {
    cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [], NextToken: 'more' });
    await expect(read()).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('alarmPrefix'),
    });
    expect(cloudWatch.calls()).toHaveLength(20);
  });

  it.each([
    ['AccessDenied', sdkError('AccessDeniedException', 403)],
    ['ServiceUnavailable', sdkError('InternalServiceFault', 500)],
  ])('gives the SDK error the name %s', async (name, error) => {
    cloudWatch.on(DescribeAlarmsCommand).rejects(error);
    await expect(read()).rejects.toMatchObject({ name });
  });
});
