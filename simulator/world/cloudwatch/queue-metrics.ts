import type { QueueStatistics } from '../broker/embedded-broker.ts';
import type { BrokerMetric } from './broker-metrics.ts';

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
export const queueMetrics = (
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
