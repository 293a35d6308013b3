/** What identifies a series of points within a Region. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A point as statistics of the values behind it. */
export interface MetricPoint {
  /** Start of the minute that it stands for, milliseconds since the Unix epoch. */
  readonly timestampMs: number;
  /** When a reader can first see it. */
  readonly visibleAtMs: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly sum: number;
  readonly sampleCount: number;
  readonly unit: string;
}

interface MetricSeries {
  readonly identity: MetricIdentity;
  readonly points: MetricPoint[];
}

/** All points of one Region. */
export class MetricStore {
  readonly #series = new Map<string, MetricSeries>();

  put(identity: MetricIdentity, point: MetricPoint): void {
    const key = keyOf(identity);
    const series = this.#series.get(key) ?? { identity, points: [] };
    series.points.push(point);
    this.#series.set(key, series);
  }

  /** The newest point that was put, whether anybody can see it yet or not. */
  newest(identity: MetricIdentity): MetricPoint | undefined {
    return this.#series.get(keyOf(identity))?.points.at(-1);
  }

  /** Metrics that have a point at or after `fromMs` that is visible at `nowMs`, in the order of their first points. */
  identities(fromMs: number, nowMs: number): readonly MetricIdentity[] {
    return [...this.#series.values()]
      .filter(({ points }) => points.some((point) => point.visibleAtMs <= nowMs && point.timestampMs >= fromMs))
      .map(({ identity }) => identity);
  }

  /** Points with `fromMs` ≤ timestamp < `toMs` that are visible at `nowMs`, in the order in which they were put. */
  read(identity: MetricIdentity, fromMs: number, toMs: number, nowMs: number): readonly MetricPoint[] {
    return (this.#series.get(keyOf(identity))?.points ?? []).filter(
      (point) => point.timestampMs >= fromMs && point.timestampMs < toMs && point.visibleAtMs <= nowMs,
    );
  }
}

const keyOf = (identity: MetricIdentity): string => {
  const dimensions = Object.entries(identity.dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([identity.namespace, identity.metricName, dimensions]);
};
