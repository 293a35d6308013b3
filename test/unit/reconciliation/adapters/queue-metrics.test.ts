import 'aws-sdk-client-mock-vitest/extend';
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { listQueues } from '../../../../functions/reconciliation/adapters/queue-metrics.ts';
import { fakeRuntime, sdkError } from '../../../support/fake-ports.ts';

const cloudWatch = mockClient(CloudWatchClient);
beforeEach(() => {
  cloudWatch.reset();
});

const metric = (broker: string, queue?: string) => ({
  MetricName: 'QueueSize',
  Dimensions: [{ Name: 'Broker', Value: broker }, ...(queue === undefined ? [] : [{ Name: 'Queue', Value: queue }])],
});
const asked = (Value: string) => ({
  Namespace: 'AWS/AmazonMQ',
  MetricName: 'QueueSize',
  Dimensions: [{ Name: 'Broker', Value }, { Name: 'Queue' }],
});
const list = () => listQueues(fakeRuntime(), 'us-west-2', 'orders');

describe('queues that CloudWatch knows', () => {
  it('are those of both instances, each once', async () => {
    cloudWatch
      .on(ListMetricsCommand, asked('orders-1'))
      .resolves({ Metrics: [metric('orders-1', 'work'), metric('orders-1', 'bills'), metric('orders-1')] })
      .on(ListMetricsCommand, asked('orders-2'))
      .resolves({ Metrics: [metric('orders-2', 'work')] });
    expect(await list()).toEqual(['work', 'bills']);
    expect(cloudWatch).toHaveReceivedCommandTimes(ListMetricsCommand, 2);
    expect(await cloudWatch.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it('are read from every page', async () => {
    cloudWatch
      .on(ListMetricsCommand)
      .resolvesOnce({ Metrics: [metric('orders-1', 'a')], NextToken: 'more' })
      .resolvesOnce({ Metrics: [metric('orders-1', 'b')] })
      .resolves({});
    expect(await list()).toEqual(['a', 'b']);
    expect(cloudWatch).toHaveReceivedNthCommandWith(ListMetricsCommand, 2, { NextToken: 'more' });
    expect(cloudWatch).toHaveReceivedCommandTimes(ListMetricsCommand, 3);
  });

  it('are none for a broker without metrics', async () => {
    cloudWatch.on(ListMetricsCommand).resolves({});
    expect(await list()).toEqual([]);
  });

  it.each([
    ['AccessDenied', sdkError('AccessDenied', 403)],
    ['ServiceUnavailable', sdkError('InternalServiceFault', 500)],
    ['ServiceUnavailable', sdkError('Throttling', 400)],
    ['RequestRejected', sdkError('InvalidParameterValue', 400)],
  ])('are %s when the service says so', async (name, error) => {
    cloudWatch.on(ListMetricsCommand).rejects(error);
    await expect(list()).rejects.toMatchObject({
      name,
      details: { operation: 'ListMetrics', region: 'us-west-2', subject: 'orders' },
    });
  });
});
