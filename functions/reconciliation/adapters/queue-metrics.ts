import { CloudWatchClient, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import { clientCache, clientSettings } from '../../aws/client-settings.ts';
import { translateError } from '../../aws/translate-error.ts';
import type { Runtime } from '../../runtime/runtime.ts';

const clients = clientCache(
  (runtime, region, purpose) => new CloudWatchClient(clientSettings(runtime, region, purpose)),
);

/**
 * Names of the queues that CloudWatch has metrics of, for the active and the standby instance of one broker; the first
 * 1,000 destinations have any (docs/amazon-mq.md 10.1). ListMetrics answers with what had points within two weeks:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
 *
 * @throws ServiceUnavailable, AccessDenied, RequestRejected
 */
export const listQueues = async (runtime: Runtime, region: string, brokerName: string): Promise<readonly string[]> => {
  const names = new Set<string>();
  try {
    for (const instance of [`${brokerName}-1`, `${brokerName}-2`]) {
      const pages = paginateListMetrics(
        { client: clients(runtime, region, 'repeatable') },
        {
          Namespace: 'AWS/AmazonMQ',
          MetricName: 'QueueSize',
          Dimensions: [{ Name: 'Broker', Value: instance }, { Name: 'Queue' }],
        },
      );
      for await (const { Metrics = [] } of pages) {
        for (const { Dimensions = [] } of Metrics) {
          const queue = Dimensions.find(({ Name }) => Name === 'Queue')?.Value;
          if (queue !== undefined) names.add(queue);
        }
      }
    }
  } catch (error) {
    throw translateError(error, { service: 'cloudwatch', operation: 'ListMetrics', region, subject: brokerName });
  }
  return [...names];
};
