import type { Members } from '../../api/service.ts';
import type { AlarmMetric, StoredAlarm } from './alarm-store.ts';
import type { DescribeAlarmsInput } from './cloudwatch-input.ts';
import { pageAt } from './offset-token.ts';

/** Answers DescribeAlarms, in pages. @throws ApiFault InvalidNextToken */
export const describeAlarms = (alarms: readonly StoredAlarm[], input: DescribeAlarmsInput): Members => {
  const found = alarms.filter(
    ({ alarmName, stateValue }) =>
      alarmName.startsWith(input.AlarmNamePrefix ?? '') &&
      (input.AlarmNames?.includes(alarmName) ?? true) &&
      (input.StateValue === undefined || stateValue === input.StateValue),
  );
  const { items, next } = pageAt(found, input.MaxRecords, input.NextToken);
  return {
    CompositeAlarms: [],
    MetricAlarms: items.map((alarm) => ({
      AlarmName: alarm.alarmName,
      AlarmArn: alarm.alarmArn,
      ActionsEnabled: alarm.actionsEnabled,
      StateValue: alarm.stateValue,
      ...metricsOf(alarm),
    })),
    ...next,
  };
};

/** One metric is part of the alarm itself; several come as queries with their maximum. */
const metricsOf = ({ metrics }: StoredAlarm): Members => {
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

const metricOf = ({ namespace, metricName, dimensions }: AlarmMetric): Members => ({
  Namespace: namespace,
  MetricName: metricName,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});
