import type { BrokerReading, BrokerSnapshot, UserRights } from '../brokers/broker-snapshot.ts';
import type { GaugeReadings } from '../brokers/replication-gauges.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { Fence } from '../control/fence.ts';
import type { GuardReading } from '../control/guards.ts';
import type { Heartbeat } from '../control/heartbeat.ts';
import type { Reading } from '../runtime/reading.ts';
import type { GameDayRecord } from './readiness-record.ts';

/** A CloudWatch alarm that watches a broker. */
export interface BrokerAlarm {
  readonly alarmName: string;
  /** As CloudWatch spells it: OK, ALARM or INSUFFICIENT_DATA. */
  readonly state: string;
  readonly actionsEnabled: boolean;
  /** The broker's series that it reads; an instance is the broker's name with `-1` or `-2`. */
  readonly watches: readonly { readonly metricName: string; readonly instance: string }[];
}

/** Everything that was read about one of the two brokers. */
export interface MemberFacts {
  readonly ref: BrokerRef;
  readonly reading: BrokerReading;
  /** Text of the configuration revision in use. */
  readonly configuration: Reading<string>;
  /** The gauges of its role, and `StorePercentUsage`. */
  readonly gauges: GaugeReadings;
  readonly alarms: Reading<readonly BrokerAlarm[]>;
  readonly heartbeat: Reading<Heartbeat | undefined>;
  /** What keeps, or kept, clients away from the broker since it lost its role. */
  readonly fence: Reading<Fence | undefined>;
  /** Rights of the users that were read, by name. */
  readonly users: ReadonlyMap<string, Reading<UserRights>>;
}

/** Everything that the readiness of a pair is judged by. */
export interface ReadinessFacts {
  readonly pair: PairConfig;
  /** When the facts were complete, in milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** The two brokers; or why they are not known. */
  readonly members: Reading<readonly [MemberFacts, MemberFacts]>;
  readonly guards: GuardReading;
  readonly gameDay: Reading<GameDayRecord | undefined>;
  /** The outcome of reading each secret, by ARN; the secrets themselves are not kept. */
  readonly secrets: ReadonlyMap<string, Reading<'usable'>>;
  /** Whether this Region's replica of the ledger answers; of no meaning for a pair without one. */
  readonly ledger: Reading<'answers'>;
}

/** The two brokers by their roles, where the roles leave no doubt. */
export interface SidesByRole {
  readonly primary: MemberFacts;
  readonly replica: MemberFacts;
}

/** The broker as it was read, if it was. */
export const brokerOf = ({ reading }: MemberFacts): BrokerSnapshot | undefined =>
  reading.known ? reading.broker : undefined;

/** Both brokers as they were read; nothing unless both were. */
export const bothBrokers = ({ members }: ReadinessFacts): readonly [BrokerSnapshot, BrokerSnapshot] | undefined => {
  if (!members.known) return undefined;
  const [first, second] = members.value.map(brokerOf);
  return first === undefined || second === undefined ? undefined : [first, second];
};

/** Tells the two sides apart: a broker whose role cannot be read takes the role that the other one leaves. */
export const sidesByRole = ({ members }: Pick<ReadinessFacts, 'members'>): SidesByRole | undefined => {
  if (!members.known) return undefined;
  const [first, second] = members.value;
  const roles = [brokerOf(first)?.role, brokerOf(second)?.role];
  const is = (a: string | undefined, b: string | undefined): boolean =>
    (a === 'primary' && (b === 'replica' || b === undefined)) || (a === undefined && b === 'replica');
  if (is(roles[0], roles[1])) return { primary: first, replica: second };
  return is(roles[1], roles[0]) ? { primary: second, replica: first } : undefined;
};
