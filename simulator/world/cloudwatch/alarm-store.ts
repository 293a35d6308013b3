/** A metric that an alarm watches. */
export interface AlarmMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** When an alarm fires, and what it makes of missing data. */
export interface AlarmThreshold {
  /** In the metric's unit; a larger value is an alarm. */
  readonly above: number;
  readonly missingData: 'breaching' | 'missing' | 'ignore';
}

/** An alarm that the simulator was set up with; one without a threshold keeps its state. */
export interface AlarmSeed {
  readonly alarmName: string;
  /** One metric, or several whose maximum counts. */
  readonly metrics: readonly [AlarmMetric, ...AlarmMetric[]];
  readonly stateValue?: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly actionsEnabled?: boolean;
  readonly threshold?: AlarmThreshold | undefined;
}

/** An alarm as it is kept, with the defaults of PutMetricAlarm. */
export type StoredAlarm = Required<Omit<AlarmSeed, 'threshold'>> &
  Pick<AlarmSeed, 'threshold'> & { readonly alarmArn: string };

/** The alarms of every Region. */
export class AlarmStore {
  readonly #accountId: string;
  readonly #alarms = new Map<string, Map<string, StoredAlarm>>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** Puts an alarm into a Region; one of the same name is replaced, as PutMetricAlarm does. */
  put(region: string, { alarmName, metrics, stateValue = 'OK', actionsEnabled = true, threshold }: AlarmSeed): void {
    const inRegion = this.#alarms.get(region) ?? new Map<string, StoredAlarm>();
    this.#alarms.set(region, inRegion);
    const alarmArn = `arn:aws:cloudwatch:${region}:${this.#accountId}:alarm:${alarmName}`;
    inRegion.set(alarmName, { alarmName, alarmArn, metrics, stateValue, actionsEnabled, threshold });
  }

  /** Alarms of a Region by name. */
  inRegion(region: string): readonly StoredAlarm[] {
    return [...(this.#alarms.get(region)?.values() ?? [])].sort((a, b) => (a.alarmName < b.alarmName ? -1 : 1));
  }
}
