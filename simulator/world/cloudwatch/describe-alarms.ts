import { ApiFault } from '../../api/service.ts';
import type { AlarmMetric, StoredAlarm } from './alarm-store.ts';
import type { DescribeAlarmsInput } from './cloudwatch-input.ts';

/** Answers DescribeAlarms, in pages. @throws ApiFault InvalidNextToken */
export const describeAlarms = (
  alarms: readonly StoredAlarm[],
  input: DescribeAlarmsInput,
): Readonly<Record<string, unknown>> => {
  const found = alarms.filter(
    ({ alarmName, stateValue }) =>
      alarmName.startsWith(input.AlarmNamePrefix ?? '') &&
      (input.AlarmNames?.includes(alarmName) ?? true) &&
      (input.StateValue === undefined || stateValue === input.StateValue),
  );
  const start = readToken(input.NextToken, found.length);
  const end = start + input.MaxRecords;
  return {
    CompositeAlarms: [],
    MetricAlarms: found.slice(start, end).map((alarm) => ({
      AlarmName: alarm.alarmName,
      AlarmArn: alarm.alarmArn,
      ActionsEnabled: alarm.actionsEnabled,
      StateValue: alarm.stateValue,
      ...metricsOf(alarm),
    })),
    ...(end < found.length && { NextToken: Buffer.from(`${end}`).toString('base64url') }),
  };
};

/** One metric is part of the alarm itself; several come as queries with their maximum. */
const metricsOf = ({ metrics }: StoredAlarm): Readonly<Record<string, unknown>> => {
  const [first, ...others] = metrics;
  if (others.length === 0) return metricOf(first);
  return {
    Metrics: [
      { Id: 'maximum', Expression: 'MAX(METRICS())', ReturnData: true },
      ...metrics.map((metric, index) => ({
        Id: `m${index}`,
        MetricStat: { Metric: metricOf(metric), Period: 60, Stat: 'Maximum' },
        ReturnData: false,
      })),
    ],
  };
};

const metricOf = ({ namespace, metricName, dimensions }: AlarmMetric): Readonly<Record<string, unknown>> => ({
  Namespace: namespace,
  MetricName: metricName,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

const readToken = (token: string | undefined, total: number): number => {
  if (token === undefined) return 0;
  const start = Number(Buffer.from(token, 'base64url').toString());
  if (Number.isInteger(start) && start > 0 && start < total) return start;
  throw new ApiFault('InvalidNextToken', 400, 'The next token specified is invalid.');
};
