import type { BrokerPlace } from './testbed-plan.ts';

/**
 * The event of an alarm about a metric of a broker, as CloudWatch puts it on the bus of the broker's Region
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
 */
export const brokerAlarm = (
  { region, brokerName }: BrokerPlace,
  alarmName: string,
  metricName: string,
  atMs: number,
) => {
  const metric = {
    namespace: 'AWS/AmazonMQ',
    name: metricName,
    // The active instance reports under the broker's name with -1; docs/amazon-mq.md 10.
    dimensions: { Broker: `${brokerName}-1` },
  };
  const timestamp = new Date(atMs).toISOString().replace('Z', '+0000');
  return {
    region,
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    detail: {
      alarmName,
      configuration: { metrics: [{ id: 'm1', metricStat: { metric, period: 60, stat: 'Maximum' } }] },
      state: { value: 'ALARM', reason: 'sent on the test bed', timestamp },
    },
  };
};
