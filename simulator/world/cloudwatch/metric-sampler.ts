import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { EmbeddedBroker, QueueStatistics } from '../broker/embedded-broker.ts';
import { type FaultBoard, fits } from '../fault-board.ts';
import type { Reachability } from '../reachability.ts';
import { amazonMqNamespace, type BrokerMetric, brokerMetrics } from './broker-metrics.ts';
import type { MetricStore } from './metric-store.ts';

export interface MetricSamplerOptions {
  readonly clock: VirtualClock;
  readonly faults: FaultBoard;
  readonly reachability: Reachability;
  readonly storeOf: (region: string) => MetricStore;
  /** Brokers in a fixed order. */
  readonly brokers: () => readonly EmbeddedBroker[];
  /** How full a broker's store is, in percent. */
  readonly storePercentUsage: (brokerId: string) => number;
  /** Virtual time between the start of a point's minute and the moment when readers see it. */
  readonly publicationDelayMs: number;
}

/** Amazon MQ publishes once a minute (docs/amazon-mq.md 10). */
const minuteMs = 60_000;

/** Publishes the gauges of every broker at the start of each minute. */
export class MetricSampler {
  readonly #options: MetricSamplerOptions;
  /** What each broker had counted for its queues at the last minute, by broker id. */
  readonly #counted = new Map<string, ReadonlyMap<string, QueueStatistics>>();
  #started = false;

  constructor(options: MetricSamplerOptions) {
    this.#options = options;
  }

  /** Begins with the next full minute; starting again changes nothing. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    const { clock } = this.#options;
    clock.spawn('cloudwatch metrics', async () => {
      for (;;) {
        await clock.sleepMs(minuteMs - (clock.nowMs() % minuteMs));
        this.#sample();
      }
    });
  }

  #sample(): void {
    for (const broker of this.#options.brokers()) {
      const before = this.#counted.get(broker.brokerId) ?? new Map();
      const statistics = broker.queueStatistics();
      this.#counted.set(broker.brokerId, statistics);
      if (this.#options.reachability.isDark(broker.region)) continue;
      const storePercentUsage = this.#options.storePercentUsage(broker.brokerId);
      for (const metric of brokerMetrics(broker, storePercentUsage, statistics, before)) this.#publish(broker, metric);
    }
  }

  #publish(broker: EmbeddedBroker, metric: BrokerMetric): void {
    const { clock, publicationDelayMs, storeOf } = this.#options;
    const effects = this.#options.faults
      .active('metrics')
      .filter(
        (fault) =>
          fits(fault.region, broker.region) &&
          fits(fault.metricName, metric.metricName) &&
          fits(fault.brokerName, broker.brokerName),
      );
    if (effects.some((fault) => fault.effect === 'missing')) return;
    const store = storeOf(broker.region);
    const identity = { namespace: amazonMqNamespace, ...metric };
    const frozen = effects.some((fault) => fault.effect === 'frozen');
    const value = frozen ? (store.newest(identity)?.maximum ?? metric.value) : metric.value;
    const extraMs = effects.reduce((sum, fault) => sum + (fault.effect === 'delayed' ? (fault.delayMs ?? 0) : 0), 0);
    const timestampMs = clock.nowMs();
    store.put(identity, {
      timestampMs,
      visibleAtMs: timestampMs + publicationDelayMs + extraMs,
      minimum: value,
      maximum: value,
      sum: value,
      sampleCount: 1,
      unit: metric.unit,
    });
  }
}
