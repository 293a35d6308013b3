import type { BrokerReading, BrokerSnapshot } from '../../functions/brokers/broker-snapshot.ts';
import type { GaugeReading, GaugeReadings } from '../../functions/brokers/replication-gauges.ts';
import { type BrokerRef, brokerArnSchema } from '../../functions/config/broker-arn.ts';
import { type PairConfig, pairConfigSchema } from '../../functions/config/pair-config.ts';

/** A Wednesday at noon, in milliseconds since the Unix epoch: the "now" of tests that need one. */
export const noonMs = Date.UTC(2026, 10, 4, 12, 0, 0);

const refOf = (region: string, name: string, id: string): BrokerRef =>
  brokerArnSchema.parse(`arn:aws:mq:${region}:111122223333:broker:${name}:b-${id}`);

/** The broker that is the primary before anything is promoted. */
export const eastRef = refOf('us-east-1', 'orders-east', '1111aaaa-0000-4000-8000-000000000001');
/** Its replica. */
export const westRef = refOf('us-west-2', 'orders-west', '2222bbbb-0000-4000-8000-000000000002');

const snapshotOf = (ref: BrokerRef): BrokerSnapshot => ({
  brokerId: ref.brokerId,
  brokerArn: ref.arn,
  brokerName: ref.brokerName,
  region: ref.region,
  readAtMs: noonMs,
  state: 'RUNNING',
  engine: 'activemq',
  engineVersion: '5.18.4',
  instanceType: 'mq.m5.large',
  deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ',
  publiclyAccessible: false,
  role: 'none',
  roleText: undefined,
  counterpart: undefined,
  replicationMode: undefined,
  pendingReplicationMode: undefined,
  pendingCounterpart: undefined,
  pendingChanges: [],
  actionsRequired: [],
  userNames: ['admin', 'replicator'],
  configuration: { id: `c-${ref.brokerId.slice(2)}`, revision: 1 },
  maintenanceWindow: { dayOfWeek: 'SUNDAY', timeOfDay: '02:00', timeZone: 'UTC' },
  consoleUrls: [],
  amqpEndpoints: [1, 2].map((n) => `amqp+ssl://${ref.brokerId}-${n}.mq.${ref.region}.amazonaws.com:5671`),
});

const addressOf = ({ brokerId, region }: BrokerRef) => ({ brokerId, region });

/** The east broker as it runs before it has a replica. */
export const unpairedEast = (changes: Partial<BrokerSnapshot> = {}): BrokerSnapshot => ({
  ...snapshotOf(eastRef),
  ...changes,
});

/** Both brokers between the replica's creation and the primary's reboot. */
export const pendingEast = (changes: Partial<BrokerSnapshot> = {}): BrokerSnapshot =>
  unpairedEast({ pendingReplicationMode: 'CRDR', pendingCounterpart: addressOf(westRef), ...changes });

export const pendingWest = (changes: Partial<BrokerSnapshot> = {}): BrokerSnapshot => ({
  ...snapshotOf(westRef),
  pendingReplicationMode: 'CRDR',
  pendingCounterpart: addressOf(eastRef),
  ...changes,
});

const paired = (ref: BrokerRef, other: BrokerRef, role: 'primary' | 'replica'): BrokerSnapshot => ({
  ...snapshotOf(ref),
  role,
  roleText: role.toUpperCase(),
  replicationMode: 'CRDR',
  counterpart: addressOf(other),
});

/** The east broker as half of a pair; primary unless the changes or `asRole` say otherwise. */
export const pairedEast = (changes: Partial<BrokerSnapshot> = {}): BrokerSnapshot => ({
  ...paired(eastRef, westRef, 'primary'),
  ...changes,
});

/** The west broker as half of a pair; replica unless the changes or `asRole` say otherwise. */
export const pairedWest = (changes: Partial<BrokerSnapshot> = {}): BrokerSnapshot => ({
  ...paired(westRef, eastRef, 'replica'),
  ...changes,
});

/** Changes that give a snapshot a role as the service spells it. */
export const asRole = (role: 'primary' | 'replica'): Pick<BrokerSnapshot, 'role' | 'roleText'> => ({
  role,
  roleText: role.toUpperCase(),
});

export const known = (broker: BrokerSnapshot): BrokerReading => ({ known: true, broker });
export const unreadable = (reason = 'the Region does not answer'): BrokerReading => ({ known: false, reason });

/** The settings of the pair "orders", with what the schema fills in. */
export const ordersPair = (changes: Readonly<Record<string, unknown>> = {}): PairConfig =>
  pairConfigSchema.parse({ name: 'orders', brokers: [eastRef.arn, westRef.arn], ...changes });

/** A reading with one point a minute, oldest first; the newest is `ageMs` old at `nowMs`. */
export const minutely = (values: readonly number[], ageMs = 60_000, nowMs = noonMs): GaugeReading => ({
  known: true,
  points: values.map((value, index) => ({ atMs: nowMs - ageMs - (values.length - 1 - index) * 60_000, value })),
});

export const unreadableGauge = (reason = 'CloudWatch does not answer'): GaugeReading => ({ known: false, reason });

/** Gauges of a pair that replicates and is in use. */
export const healthyGauges = (changes: GaugeReadings = {}): GaugeReadings => ({
  TotalReplicationLag: minutely([6_100, 5_400, 7_200]),
  PrimaryWaitTime: minutely([4_000, 2_000, 3_000]),
  QueueSize: minutely([12, 9, 40]),
  ReplicationLag: minutely([3_000, 2_500, 2_900]),
  ReplicaWaitTime: minutely([1_000, 3_500, 2_000]),
  ...changes,
});
