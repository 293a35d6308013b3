import { lagLimitMs, waitLimitMs } from '../../functions/brokers/replication-limits.ts';
import { metricNamespace } from '../../functions/runtime/metric-fields.ts';
import type { PairDeployment } from '../config/config-fields.ts';
import { brokersOf } from '../grants/scope.ts';
import type { AlarmSpec, MetricSpec } from './alarm-spec.ts';

/** Amazon MQ writes its metrics once a minute; docs/amazon-mq.md 10.1. */
const minuteSeconds = 60;

/** Readiness runs every 15 minutes; see `triggers.ts`. */
const readinessPeriodSeconds = 900;

const becauseStandby =
  'only the active instance has points, a role change empties the replication gauges, and a broker that is down has none: the heartbeat tells that';

/** Limits of an instance's capacity, in percent: what a broker of this size can still take on after a promotion. */
const capacityPercent = 90;

interface BrokerLimit {
  readonly metricName: string;
  readonly label: string;
  readonly means: string;
  readonly severity: AlarmSpec['severity'];
  readonly anchor: string;
  readonly threshold: number;
  readonly comparison: AlarmSpec['comparison'];
  readonly periods: AlarmSpec['periods'];
}

const limitsOf = ({ rpoSeconds, readiness }: PairDeployment): readonly BrokerLimit[] => [
  {
    metricName: 'ReplicaWaitTime',
    label: 'replica-wait',
    means: 'The replica has processed no event for three heartbeats: the primary is gone, or the link is cut.',
    // Not a page: it starts a watch, which pages when it cannot tell.
    severity: 'notice',
    anchor: 'replicawaittime',
    threshold: waitLimitMs,
    comparison: 'above',
    periods: { of: 1, breaching: 1 },
  },
  {
    metricName: 'PrimaryWaitTime',
    label: 'primary-wait',
    means: 'The replica has acknowledged nothing for three heartbeats: a failover would lose what was not replicated.',
    severity: 'page',
    anchor: 'primarywaittime',
    threshold: waitLimitMs,
    comparison: 'above',
    periods: { of: 3, breaching: 3 },
  },
  {
    metricName: 'TotalReplicationLag',
    label: 'lag',
    means: `A failover now would lose more than ${rpoSeconds} s of messages.`,
    severity: 'page',
    anchor: 'totalreplicationlag',
    threshold: Math.max(rpoSeconds * 1_000, lagLimitMs),
    comparison: 'above',
    // A healthy lag peaks; five minutes are a backlog.
    periods: { of: 5, breaching: 5 },
  },
  {
    metricName: 'StorePercentUsage',
    label: 'store-filling',
    means: 'The store is filling up; at 100 percent the broker refuses messages.',
    severity: 'notice',
    anchor: 'storepercentusage',
    threshold: readiness.storeWarningPercent,
    comparison: 'at-least',
    periods: { of: 5, breaching: 5 },
  },
  {
    metricName: 'StorePercentUsage',
    label: 'store-full',
    means: 'The store is nearly full; at 100 percent the broker refuses messages.',
    severity: 'page',
    anchor: 'storepercentusage',
    threshold: readiness.storeBlockerPercent,
    comparison: 'at-least',
    periods: { of: 2, breaching: 2 },
  },
  {
    metricName: 'HeapUsage',
    label: 'heap',
    means: 'The broker is running out of memory.',
    severity: 'notice',
    anchor: 'heapusage-cpuutilization',
    threshold: capacityPercent,
    comparison: 'at-least',
    periods: { of: 10, breaching: 10 },
  },
  {
    metricName: 'CpuUtilization',
    label: 'cpu',
    means: 'The broker is running out of processor time.',
    severity: 'notice',
    anchor: 'heapusage-cpuutilization',
    threshold: capacityPercent,
    comparison: 'at-least',
    periods: { of: 10, breaching: 10 },
  },
];

/** Alarms of a Region on its broker of a pair: one for each instance, of which either may be the active one. */
const brokerAlarms = (pair: PairDeployment, brokerName: string): readonly AlarmSpec[] =>
  limitsOf(pair).flatMap(({ metricName, label, anchor, ...limit }) =>
    [1, 2].map((instance): AlarmSpec => {
      const metric: MetricSpec = {
        namespace: 'AWS/AmazonMQ',
        name: metricName,
        dimensions: { Broker: `${brokerName}-${instance}` },
        statistic: 'Maximum',
        periodSeconds: minuteSeconds,
      };
      return {
        ...limit,
        name: `mq-dr-${pair.name}-${label}-${instance}`,
        runbook: `broker-alarms#${anchor}`,
        metrics: [metric],
        missing: { is: 'not-breaching', because: becauseStandby },
      };
    }),
  );

/** Every alarm of a pair in one of its Regions. */
export const pairAlarms = (pair: PairDeployment, region: string): readonly AlarmSpec[] => {
  const here = brokersOf(pair).filter((broker) => broker.region === region);
  const readiness = (name: string): MetricSpec => ({
    namespace: metricNamespace,
    name,
    dimensions: { Pair: pair.name },
    statistic: 'Minimum',
    periodSeconds: readinessPeriodSeconds,
  });
  return [
    ...here.flatMap(({ brokerName }) => brokerAlarms(pair, brokerName)),
    {
      name: `mq-dr-${pair.name}-not-ready`,
      means: 'The pair could not be promoted now, or was not checked for half an hour.',
      severity: 'notice',
      runbook: 'broker-alarms#the-metric-ready-of-mq-dr',
      metrics: [readiness('Ready')],
      threshold: 1,
      comparison: 'below',
      periods: { of: 2, breaching: 2 },
      missing: {
        is: 'breaching',
        because: 'readiness writes a point every 15 minutes; without points it does not run',
      },
    },
  ];
};
