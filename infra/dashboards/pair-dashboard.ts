import { waitLimitMs } from '../../functions/shared/replication-limits.ts';
import { pairAlarms } from '../alarms/pair-alarms.ts';
import type { PairDeployment } from '../config.ts';
import { brokersOf } from '../grants/scope.ts';
import { arnOf, functionNameOf, machineArnOf, type Place } from '../names.ts';
import { alarms, type DashboardBody, graph, layOut, logs, type Panel, type Series, text } from './widgets.ts';

/** Functions whose logs say how a pair stands. */
const judges = ['observe-switchover', 'observe-failover', 'assess-switchover', 'evaluate-signals'] as const;

/** Workflows that move a pair's primary, whose time people ask about. */
const promotions = ['failover', 'switchover'] as const;

const logGroupOf = (name: string): string => `/aws/lambda/${functionNameOf(name)}`;

/** A metric of both brokers, active and standby: only the active instance of each has points. */
const ofBrokers = (pair: PairDeployment, metric: string): readonly Series[] =>
  brokersOf(pair).flatMap(({ region, brokerName }) =>
    [1, 2].map((instance) => ({
      region,
      namespace: 'AWS/AmazonMQ',
      metric,
      dimensions: { Broker: `${brokerName}-${instance}` },
      label: `${brokerName}-${instance} ${region}`,
    })),
  );

const header = (pair: PairDeployment, { region }: Place): Panel =>
  text(
    [
      `# ${pair.name}, seen from ${region}`,
      ...brokersOf(pair).map(
        (broker) => `- ${broker.brokerName} in ${broker.region}, ${broker.brokerId ?? 'not made yet'}`,
      ),
      '',
      `RTO ${pair.rtoSeconds} s · RPO ${pair.rpoSeconds} s · automatic failover ${pair.automaticFailover ? 'on' : 'off'}`,
      '',
      'A series without points says as much as one with points: replication gauges are empty after a role change, and a broker that is down has none.',
    ].join('\n'),
  );

/**
 * One page for a pair: roles, lag, wait times, queue sizes, verdicts, the last runs and how long they took. Logs and runs
 * are those of the dashboard's own Region.
 */
export const pairDashboard = (pair: PairDeployment, place: Place): DashboardBody => {
  const { region } = place;
  const own = (metric: string, label: string): Series => ({
    region,
    namespace: 'MqDr',
    metric,
    dimensions: { Pair: pair.name },
    label,
  });
  return layOut([
    header(pair, place),
    alarms(
      'Alarms of this Region',
      pairAlarms(pair, region).map(({ name }) => arnOf(place, 'cloudwatch', `alarm:${name}`)),
    ),
    logs(
      'Roles, by the last heartbeats of this Region',
      region,
      [logGroupOf('write-heartbeat')],
      [
        'fields @timestamp, role, state, endpoint, connections, backlogEvents',
        `filter message = 'heartbeat written' and pair = '${pair.name}'`,
        'sort @timestamp desc',
        'limit 10',
      ],
    ),
    logs('Verdicts', region, judges.map(logGroupOf), [
      'fields @timestamp, verdict, evidence, phase',
      `filter pair = '${pair.name}' and ispresent(verdict)`,
      'sort @timestamp desc',
      'limit 20',
    ]),
    graph(
      'Replication lag, ms',
      region,
      [...ofBrokers(pair, 'TotalReplicationLag'), ...ofBrokers(pair, 'ReplicationLag')],
      {
        marks: [{ label: 'RPO', value: pair.rpoSeconds * 1_000 }],
      },
    ),
    graph('Wait times, ms', region, [...ofBrokers(pair, 'ReplicaWaitTime'), ...ofBrokers(pair, 'PrimaryWaitTime')], {
      marks: [{ label: 'replication does not run', value: waitLimitMs }],
    }),
    graph('Events that have not crossed', region, ofBrokers(pair, 'QueueSize')),
    graph('Messages', region, ofBrokers(pair, 'TotalMessageCount')),
    graph('Clients', region, ofBrokers(pair, 'CurrentConnectionsCount')),
    graph('Store, percent', region, ofBrokers(pair, 'StorePercentUsage'), {
      marks: [{ label: 'blocks a promotion', value: pair.readiness.storeBlockerPercent }],
    }),
    graph('Readiness', region, [own('Ready', 'ready'), own('Blockers', 'blockers'), own('Warnings', 'warnings')], {
      periodSeconds: 900,
    }),
    graph(
      'Time of each run, ms',
      region,
      promotions.map((name) => ({
        region,
        namespace: 'AWS/States',
        metric: 'ExecutionTime',
        dimensions: { StateMachineArn: machineArnOf(place, name) },
        label: name,
      })),
      { marks: [{ label: 'RTO', value: pair.rtoSeconds * 1_000 }] },
    ),
    logs(
      'Last runs',
      region,
      promotions.map((name) => `/aws/vendedlogs/states/mq-dr-${name}`),
      [
        'fields @timestamp, execution_arn, type, details.name',
        "filter type in ['ExecutionStarted', 'ExecutionSucceeded', 'ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted']",
        'sort @timestamp desc',
        'limit 20',
      ],
    ),
  ]);
};
