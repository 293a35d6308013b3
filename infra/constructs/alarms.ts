import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmSpec, alarmDescription, type MetricSpec, type Severity } from '../alarms/alarm-spec.ts';

/** Where alarms go, by how loud they are. */
export type Topics = Readonly<Record<Severity, ITopic>>;

const comparisons = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  'at-least': ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

const treatments = {
  breaching: TreatMissingData.BREACHING,
  'not-breaching': TreatMissingData.NOT_BREACHING,
} as const;

/** A metric as alarms and dashboards read it. */
export const metricOf = (
  { namespace, name, dimensions, statistic, periodSeconds }: MetricSpec,
  region?: string,
): Metric =>
  new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { ...dimensions },
    statistic,
    period: Duration.seconds(periodSeconds),
    ...(region !== undefined && { region }),
  });

const sumOf = (metrics: AlarmSpec['metrics']): IMetric => {
  const [first, ...more] = metrics;
  if (more.length === 0) return metricOf(first);
  const ids = metrics.map((_metric, index) => `m${index + 1}`);
  return new MathExpression({
    // A series without points counts as nothing, or the sum would have no points either.
    expression: ids.map((id) => `FILL(${id}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index + 1}`, metricOf(metric)])),
    period: Duration.seconds(first.periodSeconds),
  });
};

/** The alarms of a list, each of which notifies its topic when it fires and when it is over. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, specs: readonly AlarmSpec[], topics: Topics) {
    super(scope, id);
    for (const spec of specs) {
      const alarm = new Alarm(this, spec.name, {
        alarmName: spec.name,
        alarmDescription: alarmDescription(spec),
        metric: sumOf(spec.metrics),
        threshold: spec.threshold,
        comparisonOperator: comparisons[spec.comparison],
        evaluationPeriods: spec.periods.of,
        datapointsToAlarm: spec.periods.breaching,
        treatMissingData: treatments[spec.missing.is],
      });
      const action = new SnsAction(topics[spec.severity]);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }
}
