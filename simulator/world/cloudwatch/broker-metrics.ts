import type { EmbeddedBroker, QueueStatistics } from '../broker/embedded-broker.ts';

/** Namespace of Amazon MQ's metrics (docs/amazon-mq.md 10). */
export const amazonMqNamespace = 'AWS/AmazonMQ';

/** The queue whose size is what has not crossed yet (docs/amazon-mq.md 10). */
const replicationQueue = 'ActiveMQ.Plugin.Replication.Intermediate.Queue';

/** One value of a broker's gauge. */
export interface BrokerMetric {
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: 'Milliseconds' | 'Count' | 'Percent';
}

/**
 * What a broker publishes at this moment: nothing while it is down, and no point for a gauge without a value. The
 * active instance reports, under the broker's name with `-1` (docs/amazon-mq.md 10).
 *
 * @param storePercentUsage how full its store is, in percent
 * @param statistics what it counts for its queues
 * @param before what it had counted at the last minute
 */
export const brokerMetrics = (
  broker: EmbeddedBroker,
  storePercentUsage: number,
  statistics: ReadonlyMap<string, QueueStatistics>,
  before: ReadonlyMap<string, QueueStatistics>,
): readonly BrokerMetric[] => {
  if (!broker.up) return [];
  const Broker = `${broker.brokerName}-1`;
  const gauges = broker.gauges();
  const metrics: BrokerMetric[] = [];
  const add = (metricName: string, value: number | undefined, unit: BrokerMetric['unit'], queue?: string): void => {
    if (value === undefined) return;
    const dimensions: Record<string, string> = queue === undefined ? { Broker } : { Broker, Queue: queue };
    metrics.push({ metricName, dimensions, value, unit });
  };
  add('TotalReplicationLag', gauges.totalReplicationLagMs, 'Milliseconds');
  add('PrimaryWaitTime', gauges.primaryWaitTimeMs, 'Milliseconds');
  add('ReplicationLag', gauges.replicationLagMs, 'Milliseconds');
  add('ReplicaWaitTime', gauges.replicaWaitTimeMs, 'Milliseconds');
  add('QueueSize', gauges.replicationQueueSize, 'Count', replicationQueue);
  metrics.push(...queueMetrics(Broker, statistics, before));
  add(
    'TotalMessageCount',
    [...statistics.values()].reduce((sum, { size }) => sum + size, 0),
    'Count',
  );
  add('StorePercentUsage', storePercentUsage, 'Percent');
  add('CurrentConnectionsCount', broker.clientConnections(), 'Count');
  return metrics;
};

/** CloudWatch covers so many destinations of a broker (docs/amazon-mq.md 10.1). */
const coveredDestinations = 1_000;

/** Counts that the metrics give by the minute. */
type Counted = 'enqueued' | 'dequeued' | 'expired';

/**
 * Metrics of a broker's queues for one minute: sizes as they are, counts since the minute before (docs/amazon-mq.md
 * 10.9).
 *
 * @param before what the broker had counted at the last minute; a broker that was started again begins at zero
 */
const queueMetrics = (
  broker: string,
  now: ReadonlyMap<string, QueueStatistics>,
  before: ReadonlyMap<string, QueueStatistics>,
): readonly BrokerMetric[] =>
  [...now].slice(0, coveredDestinations).flatMap(([queue, statistics]) => {
    const earlier = before.get(queue);
    const since = (count: Counted): number => {
      const counted = earlier?.[count] ?? 0;
      return statistics[count] < counted ? statistics[count] : statistics[count] - counted;
    };
    const metric = (metricName: string, value: number): BrokerMetric => ({
      metricName,
      dimensions: { Broker: broker, Queue: queue },
      value,
      unit: 'Count',
    });
    return [
      metric('QueueSize', statistics.size),
      metric('InFlightCount', statistics.inFlight),
      metric('ConsumerCount', statistics.consumers),
      metric('EnqueueCount', since('enqueued')),
      metric('DequeueCount', since('dequeued')),
      metric('ExpiredCount', since('expired')),
    ];
  });
