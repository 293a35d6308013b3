import type { MetricPoint } from './metric-store.ts';

/** Statistics that the embedded CloudWatch computes. */
export const statistics = ['Maximum', 'Minimum', 'Average', 'Sum', 'SampleCount'] as const;
export type Statistic = (typeof statistics)[number];

/** One value for each period that has points, oldest first. */
export interface PeriodValue {
  readonly timestampMs: number;
  readonly value: number;
}

/** Puts points into periods that are aligned to the epoch and reduces each to one statistic. */
export const aggregate = (
  points: readonly MetricPoint[],
  periodMs: number,
  statistic: Statistic,
): readonly PeriodValue[] => {
  const periods = new Map<number, MetricPoint[]>();
  for (const point of points) {
    const timestampMs = Math.floor(point.timestampMs / periodMs) * periodMs;
    const bucket = periods.get(timestampMs) ?? [];
    bucket.push(point);
    periods.set(timestampMs, bucket);
  }
  return [...periods]
    .sort(([a], [b]) => a - b)
    .map(([timestampMs, bucket]) => ({ timestampMs, value: reduce(bucket, statistic) }));
};

const reduce = (points: readonly MetricPoint[], statistic: Statistic): number => {
  const total = (member: 'sum' | 'sampleCount'): number => points.reduce((sum, point) => sum + point[member], 0);
  switch (statistic) {
    case 'Maximum':
      return Math.max(...points.map((point) => point.maximum));
    case 'Minimum':
      return Math.min(...points.map((point) => point.minimum));
    case 'Sum':
      return total('sum');
    case 'SampleCount':
      return total('sampleCount');
    case 'Average':
      return total('sum') / total('sampleCount');
  }
};
