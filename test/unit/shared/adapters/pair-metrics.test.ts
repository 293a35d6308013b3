import 'aws-sdk-client-mock-vitest/extend';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { putPairMetrics } from '../../../../functions/shared/adapters/pair-metrics.ts';
import { fakeRuntime, sdkError } from '../../../support/fake-ports.ts';

const cloudWatch = mockClient(CloudWatchClient);
beforeEach(() => {
  cloudWatch.reset();
});

const put = () => putPairMetrics(fakeRuntime(), 'us-west-2', 'orders', { Ready: 0, Blockers: 2 });

describe('putPairMetrics', () => {
  it('publishes every count under the pair in one call', async () => {
    cloudWatch.on(PutMetricDataCommand).resolves({});
    await put();
    const Dimensions = [{ Name: 'Pair', Value: 'orders' }];
    expect(cloudWatch).toHaveReceivedCommandExactlyOnceWith(PutMetricDataCommand, {
      Namespace: 'MqDr',
      MetricData: [
        { MetricName: 'Ready', Value: 0, Unit: 'Count', Dimensions },
        { MetricName: 'Blockers', Value: 2, Unit: 'Count', Dimensions },
      ],
    });
    expect(await cloudWatch.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it.each([
    ['AccessDenied', sdkError('AccessDeniedException', 403)],
    ['ServiceUnavailable', sdkError('InternalServiceFault', 500)],
  ])('gives the SDK error the name %s', async (name, error) => {
    cloudWatch.on(PutMetricDataCommand).rejects(error);
    await expect(put()).rejects.toMatchObject({ name });
  });
});
