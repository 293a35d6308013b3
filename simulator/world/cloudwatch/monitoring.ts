import type { Members } from '../../api/service.ts';
import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { EmbeddedBroker } from '../broker/embedded-broker.ts';
import type { EventBridgeService } from '../event-bridge.ts';
import type { FaultBoard } from '../fault-board.ts';
import type { Reachability } from '../reachability.ts';
import { AlarmEvaluator } from './alarm-evaluator.ts';
import { type AlarmSeed, AlarmStore } from './alarm-store.ts';
import { CloudWatchService } from './cloudwatch-service.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { MetricSampler } from './metric-sampler.ts';
import { MetricStore } from './metric-store.ts';
import { putMetricData } from './put-metric-data.ts';

export interface MonitoringOptions {
  readonly clock: VirtualClock;
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly faults: FaultBoard;
  readonly reachability: Reachability;
  /** Virtual time between the start of a metric's minute and the moment when readers see its point. */
  readonly publicationDelayMs: number;
  /** Brokers in a fixed order. */
  readonly brokers: () => readonly EmbeddedBroker[];
  /** How full a broker's store is, in percent. */
  readonly storePercentUsage: (brokerId: string) => number;
  readonly emit: EventBridgeService['emit'];
}

/** CloudWatch of every Region: what brokers publish, who reads it, and the alarms on it. */
export class Monitoring {
  readonly service: CloudWatchService;
  readonly #options: Pick<MonitoringOptions, 'clock' | 'publicationDelayMs'>;
  readonly #sampler: MetricSampler;
  readonly #stores = new Map<string, MetricStore>();
  readonly #alarms: AlarmStore;
  readonly #evaluator: AlarmEvaluator;

  constructor({ accountId, regions, emit, brokers, storePercentUsage, ...options }: MonitoringOptions) {
    const { clock, reachability, faults, publicationDelayMs } = options;
    this.#options = { clock, publicationDelayMs };
    const storeOf = (region: string): MetricStore => this.#storeOf(region);
    this.#alarms = new AlarmStore(accountId);
    this.#sampler = new MetricSampler({
      clock,
      faults,
      reachability,
      storeOf,
      publicationDelayMs,
      brokers,
      storePercentUsage,
    });
    this.#evaluator = new AlarmEvaluator({ clock, regions, reachability, alarms: this.#alarms, storeOf, emit });
    this.service = new CloudWatchService({ clock, storeOf, alarms: this.#alarms, publicationDelayMs });
  }

  /** Begins to publish the brokers' metrics; again, it changes nothing. */
  startSampling(): void {
    this.#sampler.start();
  }

  /** Puts an alarm into a Region; one with a threshold is evaluated from the next minute on. */
  addAlarm(region: string, alarm: AlarmSeed): void {
    this.#alarms.put(region, alarm);
    if (alarm.threshold !== undefined) this.#evaluator.start();
  }

  /** Takes the metrics from a line of a function's log, if there are any. */
  takeLogLine(region: string, line: Members): void {
    const { clock, publicationDelayMs } = this.#options;
    for (const { Namespace, MetricData } of embeddedMetrics(line)) {
      putMetricData(this.#storeOf(region), Namespace, MetricData, { nowMs: clock.nowMs(), publicationDelayMs });
    }
  }

  #storeOf(region: string): MetricStore {
    const store = this.#stores.get(region) ?? new MetricStore();
    this.#stores.set(region, store);
    return store;
  }
}
