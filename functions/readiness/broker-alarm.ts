/** A CloudWatch alarm that watches a broker. */
export interface BrokerAlarm {
  readonly alarmName: string;
  /** As CloudWatch spells it: OK, ALARM or INSUFFICIENT_DATA. */
  readonly state: string;
  readonly actionsEnabled: boolean;
  /** The broker's series that it reads; an instance is the broker's name with `-1` or `-2`. */
  readonly watches: readonly { readonly metricName: string; readonly instance: string }[];
}
