import { CloudWatchClient, DescribeAlarmsCommand, type Metric, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { clientCache, clientSettings } from '../../aws/client-settings.ts';
import { translateError } from '../../aws/translate-error.ts';
import { ServiceUnavailable } from '../../runtime/errors.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { BrokerAlarm } from '../readiness-facts.ts';

const clients = clientCache(
  (runtime, region, purpose) => new CloudWatchClient(clientSettings(runtime, region, purpose)),
);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const pageSize = 100;

/**
 * Pages that one evaluation may read. The service allows nine such calls a second, so twenty take some three seconds of a
 * function's twenty; an account with more alarms names a prefix.
 */
const maxPages = 20;

const metricsOf = (alarm: MetricAlarm): readonly Metric[] => [
  { Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions },
  ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
];

const brokerAlarm = (alarm: MetricAlarm, instances: readonly string[]): BrokerAlarm => ({
  alarmName: alarm.AlarmName ?? 'unnamed',
  state: alarm.StateValue ?? 'unknown',
  actionsEnabled: alarm.ActionsEnabled === true,
  watches: metricsOf(alarm).flatMap(({ Namespace, MetricName, Dimensions }) => {
    const instance = Dimensions?.find(({ Name }) => Name === 'Broker')?.Value;
    return Namespace === 'AWS/AmazonMQ' && instance !== undefined && instances.includes(instance)
      ? [{ metricName: MetricName ?? 'unnamed', instance }]
      : [];
  }),
});

/**
 * The metric alarms of a Region that watch a broker, by the dimension of their metrics: alarms of any name count.
 *
 * @param prefix prefix of the names to read; all names by default
 * @throws ServiceUnavailable, also for more alarms than one evaluation may read, AccessDenied, RequestRejected
 */
export const readBrokerAlarms = async (
  runtime: Runtime,
  region: string,
  brokerName: string,
  prefix: string | undefined,
): Promise<readonly BrokerAlarm[]> => {
  // Active and standby report under names of their own; docs/amazon-mq.md 10.1.
  const instances = [`${brokerName}-1`, `${brokerName}-2`];
  const found: BrokerAlarm[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const answer = await clients(runtime, region, 'repeatable')
      .send(
        new DescribeAlarmsCommand({
          AlarmTypes: ['MetricAlarm'],
          MaxRecords: pageSize,
          ...(prefix !== undefined && { AlarmNamePrefix: prefix }),
          ...(nextToken !== undefined && { NextToken: nextToken }),
        }),
      )
      .catch((error: unknown) => {
        throw translateError(error, {
          service: 'cloudwatch',
          operation: 'DescribeAlarms',
          region,
          subject: brokerName,
        });
      });
    found.push(...(answer.MetricAlarms ?? []).map((alarm) => brokerAlarm(alarm, instances)));
    nextToken = answer.NextToken;
    if (nextToken === undefined) return found.filter(({ watches }) => watches.length > 0);
  }
  throw new ServiceUnavailable(
    `${region} has more than ${maxPages * pageSize} alarms; set readiness.alarmPrefix to the prefix of the pair's alarms`,
    { region, brokerName, prefix },
  );
};
