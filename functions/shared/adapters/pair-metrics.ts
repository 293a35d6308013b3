import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Runtime } from '../runtime.ts';
import { clientCache, clientSettings } from './client-settings.ts';
import { translateError } from './translate-error.ts';

const clients = clientCache(
  (runtime, region, purpose) => new CloudWatchClient(clientSettings(runtime, region, purpose)),
);

/** Namespace of this project's own metrics. */
const namespace = 'MqDr';

/**
 * Publishes counts about a pair, with the dimension `Pair`; repeating it changes nothing that matters.
 *
 * @throws ServiceUnavailable, AccessDenied, RequestRejected
 */
export const putPairMetrics = async (
  runtime: Runtime,
  region: string,
  pair: string,
  counts: Readonly<Record<string, number>>,
): Promise<void> => {
  try {
    await clients(runtime, region, 'repeatable').send(
      new PutMetricDataCommand({
        Namespace: namespace,
        MetricData: Object.entries(counts).map(([MetricName, Value]) => ({
          MetricName,
          Value,
          Unit: 'Count',
          Dimensions: [{ Name: 'Pair', Value: pair }],
        })),
      }),
    );
  } catch (error) {
    throw translateError(error, { service: 'cloudwatch', operation: 'PutMetricData', region, subject: pair });
  }
};
