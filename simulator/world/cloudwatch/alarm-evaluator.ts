import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { EventDraft } from '../event-bridge.ts';
import type { Reachability } from '../reachability.ts';
import type { AlarmStore, StoredAlarm } from './alarm-store.ts';
import type { MetricStore } from './metric-store.ts';

export interface AlarmEvaluatorOptions {
  readonly clock: VirtualClock;
  readonly regions: readonly string[];
  readonly reachability: Reachability;
  readonly alarms: AlarmStore;
  readonly storeOf: (region: string) => MetricStore;
  readonly emit: (draft: EventDraft) => void;
}

const minuteMs = 60_000;

/** Older points say nothing about an alarm whose period is one minute; CloudWatch looks back a few periods as well. */
const windowMs = 5 * minuteMs;

/**
 * Evaluates alarms that have a threshold once a minute: one period, one datapoint, the maximum of their metrics. A
 * change of state becomes an event of its Region.
 */
export class AlarmEvaluator {
  readonly #options: AlarmEvaluatorOptions;
  #started = false;

  constructor(options: AlarmEvaluatorOptions) {
    this.#options = options;
  }

  /** Begins with the next full minute; starting again changes nothing. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    const { clock } = this.#options;
    clock.spawn('cloudwatch alarms', async () => {
      for (;;) {
        await clock.sleepMs(minuteMs - (clock.nowMs() % minuteMs));
        this.#evaluateAll();
      }
    });
  }

  #evaluateAll(): void {
    const { regions, reachability, alarms } = this.#options;
    for (const region of regions) {
      if (reachability.isDark(region)) continue;
      for (const alarm of alarms.inRegion(region)) this.#evaluate(region, alarm);
    }
  }

  #evaluate(region: string, alarm: StoredAlarm): void {
    const { threshold, stateValue } = alarm;
    if (threshold === undefined) return;
    const value = this.#newestValue(region, alarm);
    const state =
      value === undefined ? missingStates[threshold.missingData](stateValue) : value > threshold.above ? 'ALARM' : 'OK';
    if (state === stateValue) return;
    this.#options.alarms.put(region, { ...alarm, stateValue: state });
    const shown = value === undefined ? 'no datapoints were received' : `1 datapoint [${value}]`;
    this.#options.emit(this.#changeEvent(region, alarm, state, `Threshold ${threshold.above}: ${shown}`));
  }

  /** The largest value of the newest minute that readers can see. */
  #newestValue(region: string, { metrics }: StoredAlarm): number | undefined {
    const { clock, storeOf } = this.#options;
    const nowMs = clock.nowMs();
    const points = metrics.flatMap((metric) => storeOf(region).read(metric, nowMs - windowMs, nowMs, nowMs));
    const newestMs = Math.max(...points.map(({ timestampMs }) => timestampMs));
    const values = points.filter(({ timestampMs }) => timestampMs === newestMs).map(({ maximum }) => maximum);
    return values.length > 0 ? Math.max(...values) : undefined;
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
  #changeEvent(region: string, alarm: StoredAlarm, state: string, reason: string): EventDraft {
    const timestamp = new Date(this.#options.clock.nowMs()).toISOString().replace('Z', '+0000');
    return {
      region,
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [alarm.alarmArn],
      detail: {
        alarmName: alarm.alarmName,
        configuration: {
          metrics: alarm.metrics.map(({ namespace, metricName, dimensions }, index) => ({
            id: `m${index}`,
            metricStat: { metric: { namespace, name: metricName, dimensions }, period: 60, stat: 'Maximum' },
            returnData: true,
          })),
        },
        previousState: { value: alarm.stateValue },
        state: { value: state, reason, timestamp },
      },
    };
  }
}

type State = StoredAlarm['stateValue'];

/** What an alarm makes of missing data: TreatMissingData of PutMetricAlarm. */
const missingStates: Readonly<Record<'breaching' | 'missing' | 'ignore', (before: State) => State>> = {
  breaching: () => 'ALARM',
  missing: () => 'INSUFFICIENT_DATA',
  ignore: (before) => before,
};
