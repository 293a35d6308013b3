import { ApiFault } from '../../api/service.ts';
import type { MetricDatum } from './cloudwatch-input.ts';
import type { MetricPoint, MetricStore } from './metric-store.ts';

/**
 * Stores custom metrics.
 *
 * @throws ApiFault InvalidParameterValueException for a namespace that belongs to AWS,
 * InvalidParameterCombinationException for a datum without or with several kinds of values
 */
export const putMetricData = (
  store: MetricStore,
  namespace: string,
  data: readonly MetricDatum[],
  times: { readonly nowMs: number; readonly publicationDelayMs: number },
): void => {
  if (namespace.startsWith('AWS/')) {
    throw new ApiFault('InvalidParameterValueException', 400, 'The value AWS/ for parameter Namespace is invalid.');
  }
  const points = data.map((datum) => toPoint(datum, times));
  data.forEach((datum, index) => {
    const point = points[index];
    const dimensions = Object.fromEntries(datum.Dimensions.map(({ Name, Value }) => [Name, Value]));
    if (point !== undefined) store.put({ namespace, metricName: datum.MetricName, dimensions }, point);
  });
};

const toPoint = (
  datum: MetricDatum,
  times: { readonly nowMs: number; readonly publicationDelayMs: number },
): MetricPoint => {
  const atMs = datum.Timestamp === undefined ? times.nowMs : datum.Timestamp * 1_000;
  return {
    timestampMs: Math.floor(atMs / 60_000) * 60_000,
    visibleAtMs: times.nowMs + times.publicationDelayMs,
    unit: datum.Unit,
    ...statisticsOf(datum),
  };
};

const statisticsOf = (datum: MetricDatum): Pick<MetricPoint, 'minimum' | 'maximum' | 'sum' | 'sampleCount'> => {
  const given = [datum.Value, datum.Values, datum.StatisticValues].filter((kind) => kind !== undefined);
  if (given.length !== 1) {
    throw new ApiFault(
      'InvalidParameterCombinationException',
      400,
      `Exactly one of Value, Values and StatisticValues must be given for ${datum.MetricName}.`,
    );
  }
  if (datum.StatisticValues !== undefined) {
    const { Minimum, Maximum, Sum, SampleCount } = datum.StatisticValues;
    return { minimum: Minimum, maximum: Maximum, sum: Sum, sampleCount: SampleCount };
  }
  const values = datum.Values ?? [datum.Value ?? 0];
  const counts = datum.Counts ?? values.map(() => 1);
  if (values.length === 0 || counts.length !== values.length) {
    throw new ApiFault(
      'InvalidParameterValueException',
      400,
      `Values and Counts of ${datum.MetricName} must be of one length.`,
    );
  }
  return {
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    sum: values.reduce((sum, value, index) => sum + value * (counts[index] ?? 1), 0),
    sampleCount: counts.reduce((sum, count) => sum + count, 0),
  };
};
