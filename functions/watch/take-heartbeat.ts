import type { probeLayers } from '../brokers/broker-endpoints.ts';
import type { BrokerReader, BrokerReading, BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import { type GaugePort, newestPoint } from '../brokers/replication-gauges.ts';
import { freshMs } from '../brokers/replication-limits.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import { type Heartbeat, silenceMs } from '../control/heartbeat.ts';
import type { Clock } from '../runtime/clock.ts';

/** What the Control table held before this heartbeat, and how this Region's clock compares with the table's service. */
export interface BeatBefore {
  readonly previous: Heartbeat | undefined;
  /** Milliseconds by which the clock is ahead; undefined when the answer carried no time. */
  readonly clockSkewMs: number | undefined;
}

/** What a heartbeat reads, all of it in its own Region. */
export interface HeartbeatPorts {
  readonly clock: Clock;
  readonly brokers: Pick<BrokerReader, 'tryDescribe'>;
  readonly probe: (broker: Pick<BrokerSnapshot, 'amqpEndpoints'>) => ReturnType<typeof probeLayers>;
  readonly metrics: GaugePort;
}

/** Points older than `freshMs` say nothing about now. */
const windowSeconds = freshMs / 1_000;

const readGauges = async (broker: BrokerRef, ports: HeartbeatPorts): Promise<Partial<Heartbeat>> => {
  const { region, brokerName } = broker;
  const gauges = await ports.metrics.read(
    [{ region, brokerName, gauges: ['CurrentConnectionsCount', 'QueueSize'] }],
    windowSeconds,
  );
  const connections = newestPoint(gauges.CurrentConnectionsCount);
  const backlog = newestPoint(gauges.QueueSize);
  return {
    ...(connections !== undefined && { connections: connections.value }),
    ...(backlog !== undefined && { backlogEvents: backlog.value, backlogAtMs: backlog.atMs }),
  };
};

/**
 * The backlog to write down. The replication queue is filled by a primary only; one that cannot be read now, or whose
 * metric is missing, keeps what was known last, since these may be the last beats before a Region is lost.
 */
const backlogOf = (
  role: Heartbeat['role'],
  now: Partial<Heartbeat>,
  before: Heartbeat | undefined,
): Partial<Heartbeat> => {
  const read = role === 'primary' && now.backlogEvents !== undefined ? now : before;
  if ((role !== 'primary' && role !== 'unknown') || read?.backlogEvents === undefined) return {};
  const { backlogEvents, backlogAtMs } = read;
  return { backlogEvents, ...(backlogAtMs !== undefined && { backlogAtMs }) };
};

/**
 * Reads a broker from inside its own Region. A broker that cannot be read gives a heartbeat as well, which says so:
 * it is evidence that the Region lives.
 *
 * @param before the Region's heartbeat before this one, and how its clock compares
 */
export const takeHeartbeat = async (
  broker: BrokerRef,
  { previous, clockSkewMs }: BeatBefore,
  ports: HeartbeatPorts,
): Promise<Heartbeat> => {
  const [reading, gauges] = await ports.clock.concurrently<[BrokerReading, Partial<Heartbeat>]>([
    () => ports.brokers.tryDescribe(broker),
    () => readGauges(broker, ports),
  ]);
  const probed = reading.known ? await ports.probe(reading.broker) : ({ state: 'none', opened: 'nothing' } as const);
  const atMs = ports.clock.nowMs();
  const goesOn = previous !== undefined && atMs - previous.atMs <= silenceMs;
  const role = reading.known ? reading.broker.role : 'unknown';
  const { connections } = gauges;
  return {
    region: broker.region,
    atMs,
    brokerId: broker.brokerId,
    role,
    state: reading.known ? reading.broker.state : 'unknown',
    endpoint: probed.state,
    opened: probed.opened,
    beatingSinceMs: goesOn ? (previous.beatingSinceMs ?? previous.atMs) : atMs,
    ...(connections !== undefined && { connections }),
    ...(clockSkewMs !== undefined && { clockSkewMs }),
    ...backlogOf(role, gauges, previous?.brokerId === broker.brokerId ? previous : undefined),
  };
};
