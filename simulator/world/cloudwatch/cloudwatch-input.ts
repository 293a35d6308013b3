import * as z from 'zod';
import { statistics } from './metric-statistics.ts';

const dimension = z.strictObject({ Name: z.string().min(1), Value: z.string().min(1) });

/** Epoch seconds, as the JSON protocol writes timestamps. */
const timestampSeconds = z.number();

const metricDatum = z.strictObject({
  MetricName: z.string().min(1),
  Dimensions: z.array(dimension).max(30).default([]),
  Timestamp: timestampSeconds.optional(),
  Value: z.number().optional(),
  Values: z.array(z.number()).max(150).optional(),
  Counts: z.array(z.number().positive()).optional(),
  StatisticValues: z
    .strictObject({ SampleCount: z.number().positive(), Sum: z.number(), Minimum: z.number(), Maximum: z.number() })
    .optional(),
  Unit: z.string().default('None'),
  StorageResolution: z.literal(60).optional(),
});

export type MetricDatum = z.output<typeof metricDatum>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html: up to 1,000 metrics. */
export const putMetricDataInput = z.strictObject({
  Namespace: z.string().min(1).max(255),
  MetricData: z.array(metricDatum).min(1).max(1_000),
});

const metricDataQuery = z.strictObject({
  Id: z.string().regex(/^[a-z][A-Za-z0-9_]*$/),
  Label: z.string().optional(),
  ReturnData: z.boolean().default(true),
  MetricStat: z.strictObject({
    Metric: z.strictObject({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.array(dimension).default([]),
    }),
    /** Seconds. */
    Period: z.int().positive().multipleOf(60),
    Stat: z.enum(statistics),
    Unit: z.string().optional(),
  }),
});

export type MetricDataQuery = z.output<typeof metricDataQuery>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html: up to 500 queries, 100,800 points. */
export const getMetricDataInput = z.strictObject({
  MetricDataQueries: z.array(metricDataQuery).min(1).max(500),
  StartTime: timestampSeconds,
  EndTime: timestampSeconds,
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
  NextToken: z.string().optional(),
  MaxDatapoints: z.int().positive().max(100_800).default(100_800),
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html: pages of up to 100. */
export const describeAlarmsInput = z.strictObject({
  AlarmNamePrefix: z.string().min(1).optional(),
  AlarmNames: z.array(z.string()).max(100).optional(),
  AlarmTypes: z.array(z.literal('MetricAlarm')).optional(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
});

export type DescribeAlarmsInput = z.output<typeof describeAlarmsInput>;

export type GetMetricDataInput = z.output<typeof getMetricDataInput>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html: up to 10 dimensions as a filter. */
export const listMetricsInput = z.strictObject({
  Namespace: z.string().min(1).max(255).optional(),
  MetricName: z.string().min(1).max(255).optional(),
  Dimensions: z
    .array(z.strictObject({ Name: z.string().min(1), Value: z.string().min(1).optional() }))
    .max(10)
    .default([]),
  RecentlyActive: z.literal('PT3H').optional(),
  NextToken: z.string().optional(),
});

export type ListMetricsInput = z.output<typeof listMetricsInput>;
