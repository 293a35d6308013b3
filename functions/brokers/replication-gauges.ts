/**
 * CloudWatch's names of the replication gauges, of the count of client connections and of the used share of the store;
 * docs/amazon-mq.md 10.
 */
export type GaugeName =
  | 'TotalReplicationLag'
  | 'PrimaryWaitTime'
  | 'QueueSize'
  | 'ReplicationLag'
  | 'ReplicaWaitTime'
  | 'CurrentConnectionsCount'
  | 'StorePercentUsage';

/** Gauges that a primary emits, in its Region. Lags and wait times are milliseconds, `QueueSize` counts events. */
export const primaryGauges: readonly GaugeName[] = ['TotalReplicationLag', 'PrimaryWaitTime', 'QueueSize'];

/** Gauges that a replica emits, in its Region; milliseconds. */
export const replicaGauges: readonly GaugeName[] = ['ReplicationLag', 'ReplicaWaitTime'];

/** One value, with the start of its minute in milliseconds since the Unix epoch. */
export interface GaugePoint {
  readonly atMs: number;
  readonly value: number;
}

/** Points oldest first, possibly none; or the reason why they could not be read. */
export type GaugeReading =
  | { readonly known: true; readonly points: readonly GaugePoint[] }
  | { readonly known: false; readonly reason: string };

/** What was read of each gauge; a gauge that was not asked for is missing. */
export type GaugeReadings = Readonly<Partial<Record<GaugeName, GaugeReading>>>;

/** One broker whose gauges are wanted, with the names of the gauges that its role emits. */
export interface GaugeSource {
  readonly region: string;
  readonly brokerName: string;
  readonly gauges: readonly GaugeName[];
}

/** Reads the points of the last `windowSeconds` seconds; a Region that cannot be read makes its gauges unknown. */
export interface GaugePort {
  read(sources: readonly GaugeSource[], windowSeconds: number): Promise<GaugeReadings>;
}

/** The newest point of a gauge, if it was read and has one. */
export const newestPoint = (reading: GaugeReading | undefined): GaugePoint | undefined =>
  reading?.known ? reading.points.at(-1) : undefined;
