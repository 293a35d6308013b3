import * as z from 'zod/mini';

/**
 * What EventBridge says of an alarm whose state changed:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export const alarmDetail = z.looseObject({
  alarmName: z.string().check(z.minLength(1)),
  state: z.looseObject({ value: z.string(), reason: z.optional(z.string()), timestamp: z.optional(z.string()) }),
  configuration: z._default(
    z.looseObject({
      metrics: z._default(
        z.array(
          z.looseObject({
            metricStat: z.optional(
              z.looseObject({
                metric: z.looseObject({
                  namespace: z.optional(z.string()),
                  name: z.optional(z.string()),
                  dimensions: z._default(z.record(z.string(), z.string()), {}),
                }),
              }),
            ),
          }),
        ),
        [],
      ),
    }),
    { metrics: [] },
  ),
});

/** Values of the `Broker` dimension of the alarm's metrics; a node's `-1` or `-2` at their end included. */
export const brokerDimensionsOf = ({ configuration }: z.output<typeof alarmDetail>): readonly string[] =>
  configuration.metrics.flatMap(({ metricStat }) => metricStat?.metric.dimensions.Broker ?? []);
