import type { Members } from '../../api/service.ts';
import type { ListMetricsInput } from './cloudwatch-input.ts';
import type { MetricIdentity, MetricStore } from './metric-store.ts';
import { pageAt } from './offset-token.ts';

/** Results of one call (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html). */
const pageSize = 500;

/** Metrics without a point for two weeks are not listed (same page). */
const listedForMs = 14 * 86_400_000;

/** `RecentlyActive: PT3H` */
const recentMs = 3 * 3_600_000;

/**
 * One page of the metrics that fit the filters. The service may take up to 15 minutes to list a new metric; here it is
 * listed as soon as its first point can be read.
 *
 * @throws ApiFault InvalidNextToken
 */
export const listMetrics = (store: MetricStore, input: ListMetricsInput, nowMs: number): Members => {
  const fromMs = nowMs - (input.RecentlyActive === undefined ? listedForMs : recentMs);
  const found = store.identities(fromMs, nowMs).filter((identity) => fits(identity, input));
  const { items, next } = pageAt(found, pageSize, input.NextToken);
  return {
    Metrics: items.map(({ namespace, metricName, dimensions }) => ({
      Namespace: namespace,
      MetricName: metricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    ...next,
  };
};

const fits = (
  { namespace, metricName, dimensions }: MetricIdentity,
  { Namespace, MetricName, Dimensions }: ListMetricsInput,
): boolean =>
  (Namespace === undefined || namespace === Namespace) &&
  (MetricName === undefined || metricName === MetricName) &&
  Dimensions.every(({ Name, Value }) =>
    Value === undefined ? dimensions[Name] !== undefined : dimensions[Name] === Value,
  );
