import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type CallPurpose, clientCache, clientSettings } from '../aws/client-settings.ts';
import { translateError } from '../aws/translate-error.ts';
import { DrError, ServiceUnavailable } from '../runtime/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type {
  GaugeName,
  GaugePoint,
  GaugePort,
  GaugeReading,
  GaugeReadings,
  GaugeSource,
} from './replication-gauges.ts';

const clients = clientCache(
  (runtime, region, purpose) => new CloudWatchClient(clientSettings(runtime, region, purpose)),
);

/** Amazon MQ publishes once a minute; docs/amazon-mq.md 10. */
const periodSeconds = 60;

/** The replication queue whose size is what a failover would leave behind; docs/amazon-mq.md 10. */
const replicationQueue = 'ActiveMQ.Plugin.Replication.Intermediate.Queue';

/** Active and standby report under the name with `-1` and `-2`; only the active one has points. */
const instanceSuffixes = ['-1', '-2'] as const;

const queriesFor = (source: GaugeSource): MetricDataQuery[] =>
  source.gauges.flatMap((gauge, gaugeIndex) =>
    instanceSuffixes.map((suffix, suffixIndex) => ({
      Id: `g${gaugeIndex}_${suffixIndex}`,
      ReturnData: true,
      MetricStat: {
        Period: periodSeconds,
        Stat: 'Maximum',
        Metric: {
          Namespace: 'AWS/AmazonMQ',
          MetricName: gauge,
          Dimensions: [
            { Name: 'Broker', Value: `${source.brokerName}${suffix}` },
            ...(gauge === 'QueueSize' ? [{ Name: 'Queue', Value: replicationQueue }] : []),
          ],
        },
      },
    })),
  );

/** Results that say nothing, although the call as a whole was answered. */
const unusableStatus: readonly string[] = ['InternalError', 'Forbidden'];

/** Points oldest first, one for each minute: where both instances report one, the larger value counts. */
const mergedByMinute = (points: readonly GaugePoint[]): GaugePoint[] => {
  const byMinute = new Map<number, number>();
  for (const { atMs, value } of points) byMinute.set(atMs, Math.max(value, byMinute.get(atMs) ?? value));
  return [...byMinute].map(([atMs, value]) => ({ atMs, value })).sort((a, b) => a.atMs - b.atMs);
};

/** CloudWatch's replication gauges of both brokers of a pair. */
export class ReplicationMetrics implements GaugePort {
  readonly #runtime: Runtime;
  readonly #purpose: CallPurpose;

  /** @param purpose `once` where a function has no time for a second attempt */
  constructor(runtime: Runtime, purpose: CallPurpose = 'repeatable') {
    this.#runtime = runtime;
    this.#purpose = purpose;
  }

  /**
   * The points of the last `windowSeconds` seconds, oldest first. A Region that cannot be read makes its gauges
   * unknown with the reason; it never makes them absent.
   */
  async read(sources: readonly GaugeSource[], windowSeconds: number): Promise<GaugeReadings> {
    const readings = await this.#runtime.clock.concurrently<(readonly [GaugeName, GaugeReading])[][]>(
      sources.map((source) => () => this.#readSource(source, windowSeconds)),
    );
    return Object.fromEntries(readings.flat());
  }

  async #readSource(source: GaugeSource, windowSeconds: number): Promise<(readonly [GaugeName, GaugeReading])[]> {
    const nowMs = this.#runtime.clock.nowMs();
    try {
      const points = await this.#points(source, nowMs - windowSeconds * 1_000, nowMs);
      return source.gauges.map((gauge, index) => [gauge, { known: true, points: points.get(index) ?? [] }] as const);
    } catch (error) {
      if (!(error instanceof DrError)) throw error;
      return source.gauges.map((gauge) => [gauge, { known: false, reason: error.message }] as const);
    }
  }

  async #points(source: GaugeSource, fromMs: number, toMs: number): Promise<Map<number, GaugePoint[]>> {
    const byGauge = new Map<number, GaugePoint[]>();
    let nextToken: string | undefined;
    do {
      const page = await this.#page(source, fromMs, toMs, nextToken);
      for (const result of page.MetricDataResults ?? []) {
        if (unusableStatus.includes(result.StatusCode ?? '')) {
          throw new ServiceUnavailable(
            `cloudwatch:GetMetricData for ${source.brokerName} in ${source.region} answered ${result.StatusCode} for ${result.Id}`,
            { region: source.region, broker: source.brokerName, status: result.StatusCode },
          );
        }
        const gauge = Number(/^g(\d+)_/.exec(result.Id ?? '')?.[1]);
        const points = byGauge.get(gauge) ?? [];
        byGauge.set(gauge, points);
        result.Timestamps?.forEach((timestamp, index) => {
          const value = result.Values?.[index];
          if (value !== undefined) points.push({ atMs: timestamp.getTime(), value });
        });
      }
      nextToken = page.NextToken;
    } while (nextToken !== undefined);
    return new Map([...byGauge].map(([gauge, points]) => [gauge, mergedByMinute(points)]));
  }

  async #page(source: GaugeSource, fromMs: number, toMs: number, nextToken: string | undefined) {
    try {
      return await clients(this.#runtime, source.region, this.#purpose).send(
        new GetMetricDataCommand({
          MetricDataQueries: queriesFor(source),
          // CloudWatch rounds to whole seconds; the end is exclusive.
          StartTime: new Date(Math.floor(fromMs / 1_000) * 1_000),
          EndTime: new Date(Math.ceil(toMs / 1_000) * 1_000),
          ScanBy: 'TimestampAscending',
          ...(nextToken && { NextToken: nextToken }),
        }),
      );
    } catch (error) {
      throw translateError(error, {
        service: 'cloudwatch',
        operation: 'GetMetricData',
        region: source.region,
        subject: source.brokerName,
      });
    }
  }
}
