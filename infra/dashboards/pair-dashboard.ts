import { waitLimitMs } from '../../functions/brokers/replication-limits.ts';
import { metricNamespace } from '../../functions/runtime/metric-fields.ts';
import { pairAlarms } from '../alarms/pair-alarms.ts';
import type { PairDeployment } from '../config/config-fields.ts';
import { brokersOf } from '../grants/scope.ts';
import { arnOf, functionNameOf, machineArnOf, machineLogGroupOf, type Place } from '../names.ts';
import { alarms, type DashboardBody, graph, layOut, logs, type Panel, type Series, text } from './widgets.ts';

/** Functions whose logs say how a pair stands. */
const judges = ['observe-switchover', 'observe-failover', 'assess-switchover', 'evaluate-signals'] as const;

/** Workflows that move a pair's primary, whose time people ask about. */
const promotions = ['failover', 'switchover'] as const;

/** Workflows whose input names a pair. */
const runs = [...promotions, 'failback', 'reconcile', 'create-replica', 'unpair', 'watch'] as const;

/** Modes of Promote, by which the time of a promotion is measured. */
const promotionModes = ['FAILOVER', 'SWITCHOVER'] as const;

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
  const own = (metric: string, label: string, of: Partial<Series> = {}): Series => ({
    region,
    namespace: metricNamespace,
    metric,
    dimensions: { Pair: pair.name },
    label,
    ...of,
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
    graph(
      'Primary (1) and serving (1), by the heartbeats of both Regions',
      region,
      brokersOf(pair).flatMap((broker) => [
        own('Primary', `${broker.brokerName} is primary`, { region: broker.region }),
        own('Serving', `${broker.brokerName} serves`, { region: broker.region }),
      ]),
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
    graph('Events not replicated yet', region, ofBrokers(pair, 'QueueSize')),
    graph('Messages', region, ofBrokers(pair, 'TotalMessageCount')),
    graph('Clients', region, ofBrokers(pair, 'CurrentConnectionsCount')),
    graph('Store, percent', region, ofBrokers(pair, 'StorePercentUsage'), {
      marks: [{ label: 'blocks a promotion', value: pair.readiness.storeBlockerPercent }],
    }),
    graph('Readiness', region, [own('Ready', 'ready'), own('Blockers', 'blockers'), own('Warnings', 'warnings')], {
      periodSeconds: 900,
    }),
    graph(
      'RTO by run: seconds from its start until the promoted broker served',
      region,
      promotionModes.map((mode) =>
        own('PromotionSeconds', mode.toLowerCase(), { dimensions: { Pair: pair.name, Mode: mode } }),
      ),
      { marks: [{ label: 'RTO', value: pair.rtoSeconds }] },
    ),
    graph(
      'Time of each run of all pairs, consumers and messages included, ms',
      region,
      promotions.map((name) => ({
        region,
        namespace: 'AWS/States',
        metric: 'ExecutionTime',
        dimensions: { StateMachineArn: machineArnOf(place, name) },
        label: name,
      })),
    ),
    logs('Last runs', region, runs.map(machineLogGroupOf), [
      'filter type like /^Execution/',
      // A run's first event alone has its input, which names the pair.
      'stats min(@timestamp) as begun, latest(type) as last, (max(@timestamp) - min(@timestamp)) / 1000 as seconds, earliest(details.input) as input by execution_arn',
      `filter input like /"pair"\\s*:\\s*"${pair.name}"/`,
      'display begun, last, seconds, execution_arn',
      'sort begun desc',
      'limit 20',
    ]),
  ]);
};
