import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Runtime } from '../runtime.ts';
import { clientCache, clientSettings } from './client-settings.ts';
import { translateError } from './translate-error.ts';

const clients = clientCache(
  (runtime, region, purpose) => new CloudWatchClient(clientSettings(runtime, region, purpose)),
);

/**
 * Counts what drifts in a cluster as the metric `PolicyDriftFindings` of the project's namespace.
 *
 * @throws ServiceUnavailable, AccessDenied, RequestRejected
 */
export const putDriftMetric = async (
  runtime: Runtime,
  region: string,
  { cluster, findings }: { readonly cluster: string; readonly findings: number },
): Promise<void> => {
  const Dimensions = [{ Name: 'Cluster', Value: cluster }];
  const datum = { MetricName: 'PolicyDriftFindings', Dimensions, Value: findings, Unit: 'Count' } as const;
  try {
    const command = new PutMetricDataCommand({ Namespace: 'mq-dr', MetricData: [datum] });
    await clients(runtime, region, 'repeatable').send(command);
  } catch (error) {
    throw translateError(error, { service: 'monitoring', operation: 'PutMetricData', region, subject: cluster });
  }
};
