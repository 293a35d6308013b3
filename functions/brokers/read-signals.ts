import type { BrokerRef } from '../config/broker-arn.ts';
import type { Heartbeat, HeartbeatReader } from '../control/heartbeat.ts';
import type { Clock } from '../runtime/clock.ts';
import type { BrokerReader, BrokerReading } from './broker-snapshot.ts';
import type { GaugePort } from './replication-gauges.ts';
import type { Signals } from './two-signal-rule.ts';

/** What the signals are read through. */
export interface SignalPorts {
  readonly clock: Clock;
  readonly brokers: Pick<BrokerReader, 'tryDescribe'>;
  readonly metrics: GaugePort;
  readonly heartbeats: HeartbeatReader;
}

/** A wait time older than four minutes is not judged; ten show in the log how it grew. */
const windowSeconds = 600;

/** What readings of one attempt do not change within seconds: metrics come once a minute. */
export type SteadySignals = Pick<Signals, 'replica' | 'replicaWait'>;

/** How long replication has stood still, by the replica's own gauge. */
export const readReplicaWait = async (
  { region, brokerName }: BrokerRef,
  { metrics }: Pick<SignalPorts, 'metrics'>,
): Promise<Signals['replicaWait']> =>
  (await metrics.read([{ region, brokerName, gauges: ['ReplicaWaitTime'] }], windowSeconds)).ReplicaWaitTime;

/**
 * Reads the heartbeats of both sides, which change from one second to the next, to what was read before.
 *
 * @throws ServiceUnavailable when the Control table cannot be read
 */
export const readHeartbeats = async (
  pair: string,
  own: BrokerRef,
  other: BrokerRef,
  steady: SteadySignals,
  { clock, heartbeats }: Pick<SignalPorts, 'clock' | 'heartbeats'>,
): Promise<Signals> => {
  const [ownHeartbeat, primaryHeartbeat] = await clock.concurrently<[Heartbeat | undefined, Heartbeat | undefined]>([
    () => heartbeats.read(pair, own.region),
    () => heartbeats.read(pair, other.region),
  ]);
  return { ...steady, atMs: clock.nowMs(), ownHeartbeat, primaryHeartbeat };
};

/**
 * Reads the signals from this Region alone, and the Control table; the other broker is not asked.
 *
 * @throws as `readHeartbeats`
 */
export const readSignals = async (
  pair: string,
  own: BrokerRef,
  other: BrokerRef,
  ports: SignalPorts,
): Promise<Signals> => {
  const [replica, replicaWait] = await ports.clock.concurrently<[BrokerReading, Signals['replicaWait']]>([
    () => ports.brokers.tryDescribe(own),
    () => readReplicaWait(own, ports),
  ]);
  // Last, so that nothing is older than the age by which it is judged.
  return await readHeartbeats(pair, own, other, { replica, replicaWait }, ports);
};
