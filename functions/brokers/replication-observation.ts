import type { BrokerReading } from './broker-snapshot.ts';
import type { GaugeReadings } from './replication-gauges.ts';

/** One look at a pair: both brokers and their replication gauges. */
export interface ReplicationObservation {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The broker that is or shall become the primary of a promotion. */
  readonly target: BrokerReading;
  /** The other one. */
  readonly counterpart: BrokerReading;
  /** Gauges of the side that was primary when the promotion was asked for, and of its replica. */
  readonly gauges: GaugeReadings;
}
