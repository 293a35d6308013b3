import * as z from 'zod';
import type { Members } from '../../api/service.ts';
import { putMetricDataInput } from './cloudwatch-input.ts';

type PutMetricDataInput = z.output<typeof putMetricDataInput>;

/**
 * The part of a log line that makes it one of metrics; CloudWatch ignores a line that is not exactly so, the simulator refuses
 * it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const metadataSchema = z.strictObject({
  /** Milliseconds since the Unix epoch. */
  Timestamp: z.int(),
  CloudWatchMetrics: z.array(
    z.strictObject({
      Namespace: z.string().min(1).max(1_024),
      Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
      Metrics: z
        .array(
          z.strictObject({
            Name: z.string().min(1).max(1_024),
            Unit: z.string(),
            StorageResolution: z.literal(60).optional(),
          }),
        )
        .max(100),
    }),
  ),
});

/** Dimensions and metrics are named in the metadata; their values are members of the line itself. */
const memberOf = <T>(line: Members, name: string, schema: z.ZodType<T>): T => {
  const parsed = schema.safeParse(line[name]);
  if (parsed.success) return parsed.data;
  throw new TypeError(`the log line names "${name}" in _aws, which it has not: found ${JSON.stringify(line[name])}`);
};

/**
 * What CloudWatch Logs puts into CloudWatch for a line of a function's log; nothing for one without `_aws`.
 *
 * @throws ZodError, TypeError for a line that CloudWatch would silently take no metrics from
 */
export const embeddedMetrics = (line: Members): readonly PutMetricDataInput[] => {
  if (line._aws === undefined) return [];
  const { Timestamp, CloudWatchMetrics } = metadataSchema.parse(line._aws);
  return CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) =>
    putMetricDataInput.parse({
      Namespace,
      MetricData: Dimensions.flatMap((names) =>
        Metrics.map(({ Name, Unit }) => ({
          MetricName: Name,
          Unit,
          Timestamp: Timestamp / 1_000,
          Dimensions: names.map((name) => ({ Name: name, Value: memberOf(line, name, z.string().min(1)) })),
          Value: memberOf(line, Name, z.number()),
        })),
      ),
    }),
  );
};
