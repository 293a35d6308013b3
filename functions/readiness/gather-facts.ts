import type { BrokerAddress } from '../brokers/broker-address.ts';
import type { BrokerReader, ConfigurationRevision, UserRights } from '../brokers/broker-snapshot.ts';
import { findMembers, type MemberRecords } from '../brokers/find-pair.ts';
import { type GaugePort, type GaugeReadings, primaryGauges, replicaGauges } from '../brokers/replication-gauges.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { secretOf } from '../config/reconciliation-config.ts';
import type { Fence } from '../control/fence.ts';
import type { GuardReading } from '../control/guards.ts';
import type { Heartbeat } from '../control/heartbeat.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Reading, tryRead } from '../runtime/reading.ts';
import type { BrokerAlarm, MemberFacts, ReadinessFacts } from './readiness-facts.ts';
import type { GameDayRecord } from './readiness-record.ts';

/** What the evaluation of a pair reads. */
export interface FactPorts {
  readonly clock: Clock;
  /** The Region that evaluates. */
  readonly region: string;
  readonly brokers: Pick<BrokerReader, 'tryDescribe'> & {
    describeUser(address: BrokerAddress, username: string): Promise<UserRights>;
    readConfiguration(region: string, revision: ConfigurationRevision): Promise<string>;
  };
  readonly control: MemberRecords;
  readonly metrics: GaugePort;
  readonly readGuards: (pair: string) => Promise<GuardReading>;
  readonly readHeartbeat: (pair: string, region: string) => Promise<Heartbeat | undefined>;
  readonly readFence: (pair: string, region: string) => Promise<Fence | undefined>;
  readonly readGameDay: (pair: string) => Promise<GameDayRecord | undefined>;
  readonly readAlarms: (
    region: string,
    brokerName: string,
    prefix: string | undefined,
  ) => Promise<readonly BrokerAlarm[]>;
  readonly readCredentials: (secretArn: string) => Promise<unknown>;
  /** Reads anything from this Region's replica of the ledger. */
  readonly readLedger: () => Promise<unknown>;
}

/** Ten minutes of points: enough to see a gauge that does not move. */
const windowSeconds = 600;

/**
 * Users that are read to find the replication user where none is named: two calls for each, of the 15 a second that
 * the account shares (docs/amazon-mq.md 8.7).
 */
const maxUsersRead = 10;

/** In a Region whose broker cannot be read the other services are not asked: each would cost its own time-out. */
const notAsked = <T>(): Reading<T> => ({ known: false, reason: 'not asked for, since the broker cannot be read' });

const readMember = async (ref: BrokerRef, pair: PairConfig, ports: FactPorts): Promise<Omit<MemberFacts, 'users'>> => {
  const { clock, brokers, metrics } = ports;
  const heartbeat = await tryRead(() => ports.readHeartbeat(pair.name, ref.region));
  const fence = await tryRead(() => ports.readFence(pair.name, ref.region));
  const reading = await brokers.tryDescribe(ref);
  if (!reading.known) {
    return { ref, reading, heartbeat, fence, configuration: notAsked(), alarms: notAsked(), gauges: {} };
  }
  const { role, configuration: revision } = reading.broker;
  const ofRole = role === 'primary' ? primaryGauges : role === 'replica' ? replicaGauges : [];
  const [configuration, gauges, alarms] = await clock.concurrently<
    [MemberFacts['configuration'], GaugeReadings, MemberFacts['alarms']]
  >([
    () =>
      revision === undefined
        ? Promise.resolve({ known: false, reason: 'DescribeBroker names no configuration' })
        : tryRead(() => brokers.readConfiguration(ref.region, revision)),
    () => metrics.read([{ ...ref, gauges: [...ofRole, 'StorePercentUsage'] }], windowSeconds),
    () => tryRead(() => ports.readAlarms(ref.region, ref.brokerName, pair.readiness.alarmPrefix)),
  ]);
  return { ref, reading, heartbeat, fence, configuration, gauges, alarms };
};

type Unfinished = Omit<MemberFacts, 'users'>;

/** Reads the rights of users that both brokers have, until one of them turns out to replicate on both. */
const readUsers = async (
  [first, second]: readonly [Unfinished, Unfinished],
  { readiness }: PairConfig,
  { brokers }: FactPorts,
): Promise<readonly [MemberFacts, MemberFacts]> => {
  const users = [new Map<string, Reading<UserRights>>(), new Map<string, Reading<UserRights>>()] as const;
  const finished = () =>
    [
      { ...first, users: users[0] },
      { ...second, users: users[1] },
    ] as const;
  if (!first.reading.known || !second.reading.known) return finished();
  const others = second.reading.broker.userNames;
  const shared = first.reading.broker.userNames.filter((name) => others.includes(name));
  const wanted = shared.filter((name) => readiness.replicationUser === undefined || name === readiness.replicationUser);
  for (const username of wanted.slice(0, maxUsersRead)) {
    const rights = [
      await tryRead(() => brokers.describeUser(first.ref, username)),
      await tryRead(() => brokers.describeUser(second.ref, username)),
    ] as const;
    users[0].set(username, rights[0]);
    users[1].set(username, rights[1]);
    if (rights.every((reading) => reading.known && reading.value.replicationUser)) break;
  }
  return finished();
};

const readMembers = async (pair: PairConfig, ports: FactPorts): Promise<ReadinessFacts['members']> => {
  const members = await tryRead(() => findMembers(pair, ports.control));
  if (!members.known) return members;
  const [first, second] = members.value;
  const both = await ports.clock.concurrently<[Unfinished, Unfinished]>([
    () => readMember(first, pair, ports),
    () => readMember(second, pair, ports),
  ]);
  return { known: true, value: await readUsers(both, pair, ports) };
};

/** Whether something could be read; what it says is not kept. */
const readable = async <T>(read: () => Promise<unknown>, value: T): Promise<Reading<T>> => {
  const reading = await tryRead(read);
  return reading.known ? { known: true, value } : reading;
};

/** The secrets that runs of this Region use: a run reconciles with the one of its own Region alone. */
const readSecrets = async (pair: PairConfig, ports: FactPorts): Promise<ReadinessFacts['secrets']> => {
  const secrets = new Map<string, Reading<'usable'>>();
  const used = [pair.canary?.secretArn, secretOf(pair.reconciliation?.secretArns ?? [], ports.region)];
  for (const secretArn of used) {
    if (secretArn === undefined || secrets.has(secretArn)) continue;
    secrets.set(secretArn, await readable(() => ports.readCredentials(secretArn), 'usable'));
  }
  return secrets;
};

const readLedger = async (pair: PairConfig, ports: FactPorts): Promise<ReadinessFacts['ledger']> =>
  pair.reconciliation === undefined
    ? { known: false, reason: 'the pair has no ledger' }
    : await readable(ports.readLedger, 'answers');

/**
 * Reads everything that the readiness of a pair is judged by, side by side. What cannot be read is part of the facts;
 * only errors that are not of the catalogue pass through.
 */
export const gatherReadinessFacts = async (pair: PairConfig, ports: FactPorts): Promise<ReadinessFacts> => {
  const [members, guards, gameDay, secrets, ledger] = await ports.clock.concurrently<
    [
      ReadinessFacts['members'],
      Reading<GuardReading>,
      ReadinessFacts['gameDay'],
      ReadinessFacts['secrets'],
      ReadinessFacts['ledger'],
    ]
  >([
    () => readMembers(pair, ports),
    () => tryRead(() => ports.readGuards(pair.name)),
    () => tryRead(() => ports.readGameDay(pair.name)),
    () => readSecrets(pair, ports),
    () => readLedger(pair, ports),
  ]);
  return {
    pair,
    nowMs: ports.clock.nowMs(),
    members,
    guards: guards.known ? guards.value : guards,
    gameDay,
    secrets,
    ledger,
  };
};
