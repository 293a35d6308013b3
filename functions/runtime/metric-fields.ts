import type { LogFields } from './log.ts';

/** Namespace of this project's own metrics. */
export const metricNamespace = 'mq-dr';

interface Measured {
  /** When it was so, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** What it is about, such as `{ Pair: 'orders' }`: together with a name, one series. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Values by the metric's name. */
  readonly values: Readonly<Record<string, number>>;
  /** Unit of all of them; counts by default. */
  readonly unit?: 'Count' | 'Seconds';
}

/**
 * Fields that make a line of the log a measurement as well, in the embedded metric format:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * CloudWatch Logs takes the metrics from the line, so they need no call that could fail or be refused, and no right.
 */
export const metricFields = ({ atMs, dimensions, values, unit = 'Count' }: Measured): LogFields => ({
  _aws: {
    // The host's clock may show fractions, which the format does not have.
    Timestamp: Math.round(atMs),
    CloudWatchMetrics: [
      {
        Namespace: metricNamespace,
        Dimensions: [Object.keys(dimensions)],
        Metrics: Object.keys(values).map((Name) => ({ Name, Unit: unit })),
      },
    ],
  },
  ...dimensions,
  ...values,
});
