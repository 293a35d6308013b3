import type { BrokerReader, BrokerReading } from '../brokers/broker-snapshot.ts';
import type { GaugePort, GaugeReadings } from '../brokers/replication-gauges.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { Heartbeat, HeartbeatReader } from '../control/heartbeat.ts';
import type { Clock } from '../runtime/clock.ts';
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

/**
 * Reads the signals from this Region alone, and the Control table; the other broker is not asked.
 *
 * @throws ServiceUnavailable when the Control table cannot be read
 */
export const readSignals = async (
  pair: string,
  own: BrokerRef,
  other: BrokerRef,
  ports: SignalPorts,
): Promise<Signals> => {
  const { region, brokerName } = own;
  const [replica, gauges, ownHeartbeat, primaryHeartbeat] = await ports.clock.concurrently<
    [BrokerReading, GaugeReadings, Heartbeat | undefined, Heartbeat | undefined]
  >([
    () => ports.brokers.tryDescribe(own),
    () => ports.metrics.read([{ region, brokerName, gauges: ['ReplicaWaitTime'] }], windowSeconds),
    () => ports.heartbeats.read(pair, region),
    () => ports.heartbeats.read(pair, other.region),
  ]);
  return {
    atMs: ports.clock.nowMs(),
    replica,
    replicaWait: gauges.ReplicaWaitTime,
    ownHeartbeat,
    primaryHeartbeat,
  };
};
