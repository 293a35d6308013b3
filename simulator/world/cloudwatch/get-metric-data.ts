import { ApiFault, type Members } from '../../api/service.ts';
import type { GetMetricDataInput, MetricDataQuery } from './cloudwatch-input.ts';
import { aggregate, type PeriodValue } from './metric-statistics.ts';
import type { MetricStore } from './metric-store.ts';
import { offsetOfToken, tokenOfOffset } from './offset-token.ts';

interface Result {
  readonly query: MetricDataQuery;
  readonly values: readonly PeriodValue[];
}

/**
 * Answers metric queries from what is visible at `nowMs`, in pages of `MaxDatapoints` points.
 *
 * @throws ApiFault InvalidParameterCombinationException, InvalidNextToken, NotModelledException
 */
export const getMetricData = (store: MetricStore, input: GetMetricDataInput, nowMs: number): Members => {
  if (input.StartTime >= input.EndTime) {
    throw new ApiFault(
      'InvalidParameterCombinationException',
      400,
      'The parameter StartTime must be less than EndTime.',
    );
  }
  const results = input.MetricDataQueries.filter((query) => query.ReturnData).map((query) => ({
    query,
    values: read(store, query, input, nowMs),
  }));
  const total = results.reduce((sum, result) => sum + result.values.length, 0);
  const offset = offsetOfToken(input.NextToken, total);
  const end = Math.min(offset + input.MaxDatapoints, total);
  return {
    MetricDataResults: pageOf(results, offset, end),
    Messages: [],
    ...(end < total && { NextToken: tokenOfOffset(end) }),
  };
};

const read = (
  store: MetricStore,
  query: MetricDataQuery,
  input: GetMetricDataInput,
  nowMs: number,
): readonly PeriodValue[] => {
  const { Metric, Period, Stat, Unit } = query.MetricStat;
  const identity = {
    namespace: Metric.Namespace,
    metricName: Metric.MetricName,
    dimensions: Object.fromEntries(Metric.Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
  // The start is rounded down to a full minute, as the service does for recent data.
  const fromMs = Math.floor(input.StartTime / 60) * 60_000;
  const points = store
    .read(identity, fromMs, input.EndTime * 1_000, nowMs)
    .filter((point) => Unit === undefined || point.unit === Unit);
  const values = aggregate(points, Period * 1_000, Stat);
  return input.ScanBy === 'TimestampAscending' ? values : values.toReversed();
};

/** Points `offset` to `end` of all results in a row; a result appears on the pages that hold its points. */
const pageOf = (results: readonly Result[], offset: number, end: number): readonly Members[] => {
  const page: Members[] = [];
  let start = 0;
  for (const { query, values } of results) {
    const from = Math.max(offset - start, 0);
    const to = Math.min(end - start, values.length);
    const emptyOnFirstPage = values.length === 0 && offset === 0;
    if (from < to || emptyOnFirstPage) {
      const shown = values.slice(from, to);
      page.push({
        Id: query.Id,
        Label: query.Label ?? query.MetricStat.Metric.MetricName,
        Timestamps: shown.map((value) => value.timestampMs / 1_000),
        Values: shown.map((value) => value.value),
        StatusCode: to < values.length ? 'PartialData' : 'Complete',
      });
    }
    start += values.length;
  }
  return page;
};
