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

/** All points of one Region. */
export class MetricStore {
  readonly #series = new Map<string, MetricPoint[]>();

  put(identity: MetricIdentity, point: MetricPoint): void {
    const key = keyOf(identity);
    const points = this.#series.get(key) ?? [];
    points.push(point);
    this.#series.set(key, points);
  }

  /** The newest point that was put, whether anybody can see it yet or not. */
  newest(identity: MetricIdentity): MetricPoint | undefined {
    return this.#series.get(keyOf(identity))?.at(-1);
  }

  /** Points with `fromMs` ≤ timestamp < `toMs` that are visible at `nowMs`, in the order in which they were put. */
  read(identity: MetricIdentity, fromMs: number, toMs: number, nowMs: number): readonly MetricPoint[] {
    return (this.#series.get(keyOf(identity)) ?? []).filter(
      (point) => point.timestampMs >= fromMs && point.timestampMs < toMs && point.visibleAtMs <= nowMs,
    );
  }
}

function keyOf(identity: MetricIdentity): string {
  const dimensions = Object.entries(identity.dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([identity.namespace, identity.metricName, dimensions]);
}
