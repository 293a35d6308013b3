import { metricNamespace } from '../../functions/runtime/metric-fields.ts';
import { clusterAlarms } from '../alarms/cluster-alarms.ts';
import type { ClusterDeployment } from '../config/config-fields.ts';
import { arnOf, functionNameOf, machineArnOf, type Place } from '../names.ts';
import { alarms, type DashboardBody, graph, layOut, logs, type Series, text } from './widgets.ts';

/** One page for a RabbitMQ cluster: findings, what was changed, and what a remediation would weigh on. */
export const clusterDashboard = (cluster: ClusterDeployment, place: Place): DashboardBody => {
  const { region } = place;
  const ofBroker = (metric: string): Series => ({
    region,
    namespace: 'AWS/AmazonMQ',
    metric,
    dimensions: { Broker: cluster.broker.brokerName },
    label: metric,
  });
  return layOut([
    text(
      [
        `# ${cluster.name}`,
        `${cluster.broker.brokerName} in ${region}, ${cluster.broker.brokerId}`,
        '',
        `${cluster.policies.length} declared policies · at most ${cluster.limits.maxChanges} changes in a run`,
      ].join('\n'),
    ),
    alarms(
      'Alarms',
      clusterAlarms(cluster).map(({ name }) => arnOf(place, 'cloudwatch', `alarm:${name}`)),
    ),
    graph(
      'Policy findings',
      region,
      [
        {
          region,
          namespace: metricNamespace,
          metric: 'PolicyDriftFindings',
          dimensions: { Cluster: cluster.name },
          label: 'findings',
        },
      ],
      { periodSeconds: 300 },
    ),
    graph('Messages', region, ['MessageCount', 'MessageReadyCount', 'MessageUnacknowledgedCount'].map(ofBroker)),
    graph('Memory, bytes', region, ['RabbitMQMemUsed', 'RabbitMQMemLimit'].map(ofBroker)),
    graph('Free disk, bytes', region, ['RabbitMQDiskFree', 'RabbitMQDiskFreeLimit'].map(ofBroker)),
    logs(
      'Last looks',
      region,
      [`/aws/lambda/${functionNameOf('record-drift')}`],
      [
        'fields @timestamp, outcome, counts.remaining, changes',
        `filter message = 'drift recorded' and cluster = '${cluster.name}'`,
        'sort @timestamp desc',
        'limit 20',
      ],
    ),
    graph('Time of each run, ms', region, [
      {
        region,
        namespace: 'AWS/States',
        metric: 'ExecutionTime',
        dimensions: { StateMachineArn: machineArnOf(place, 'policy-drift') },
        label: 'policy-drift',
      },
    ]),
  ]);
};
