import type { BrokerSnapshot } from '../../functions/brokers/broker-snapshot.ts';
import type { Check } from '../../functions/readiness/check.ts';
import type { MemberFacts, ReadinessFacts } from '../../functions/readiness/readiness-facts.ts';
import {
  eastRef,
  healthyGauges,
  known,
  minutely,
  noonMs,
  ordersPair,
  pairedEast,
  pairedWest,
  westRef,
} from './brokers.ts';

/** A value that was read. */
export const readable = <T>(value: T) => ({ known: true, value }) as const;

/** Rights of the replication user of a healthy pair. */
export const replicator = { replicationUser: true, consoleAccess: false };

const memberOf = (ref: typeof eastRef): Omit<MemberFacts, 'reading'> => ({
  ref,
  configuration: readable('<broker schedulePeriodForDestinationPurge="10000"/>'),
  gauges: { ...healthyGauges(), StorePercentUsage: minutely([3, 3, 4]) },
  alarms: readable([
    {
      alarmName: `dr-${ref.brokerName}`,
      state: 'OK',
      actionsEnabled: true,
      watches: [1, 2].map((number) => ({ metricName: 'ReplicaWaitTime', instance: `${ref.brokerName}-${number}` })),
    },
  ]),
  heartbeat: readable({
    region: ref.region,
    atMs: noonMs - 30_000,
    brokerId: ref.brokerId,
    role: 'primary',
    state: 'RUNNING',
    endpoint: 'accepts',
    clockSkewMs: 0,
  }),
  fence: readable(undefined),
  users: new Map([['replicator', readable(replicator)]]),
});

/** The primary's side of a pair with which all is well. */
export const eastFacts = (changes: Partial<MemberFacts> = {}): MemberFacts => ({
  ...memberOf(eastRef),
  reading: known(pairedEast()),
  ...changes,
});

/** The replica's side; its maintenance window is on another day. */
export const westFacts = (changes: Partial<MemberFacts> = {}): MemberFacts => ({
  ...memberOf(westRef),
  reading: known(westBroker()),
  ...changes,
});

/** The replica of a pair with which all is well. */
export const westBroker = (changes: Partial<BrokerSnapshot> = {}): BrokerSnapshot =>
  pairedWest({ maintenanceWindow: { dayOfWeek: 'TUESDAY', timeOfDay: '02:00', timeZone: 'UTC' }, ...changes });

/** Settings of a pair whose team holds its consumers in both Regions. */
export const holding = {
  cutover: {
    consumers: 'hold',
    holdFunctionArn: Object.fromEntries(
      [eastRef, westRef].map(({ region }) => [region, `arn:aws:lambda:${region}:111122223333:function:hold`]),
    ),
  },
};

/** Facts of a pair with which all is well, but for the changes. */
export const readyFacts = (changes: Partial<ReadinessFacts> = {}): ReadinessFacts => ({
  pair: ordersPair(holding),
  nowMs: noonMs,
  members: readable([eastFacts(), westFacts()]),
  guards: { known: true },
  gameDay: readable({ atMs: noonMs - 86_400_000, outcome: 'met', by: 'ann' }),
  secrets: new Map(),
  ledger: readable('answers'),
  ...changes,
});

/** Facts of a pair whose sides differ from the healthy ones. */
export const sidesWith = (east: Partial<MemberFacts>, west: Partial<MemberFacts> = {}): ReadinessFacts =>
  readyFacts({ members: readable([eastFacts(east), westFacts(west)]) });

/** What a check says, as `level CODE`, or `ok`. */
export const said = (check: Check, facts: ReadinessFacts): readonly string[] =>
  check(facts).map(({ level, code }) => (level === 'ok' ? 'ok' : `${level} ${code}`));
