import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import type { GaugeName } from '../../functions/brokers/replication-gauges.ts';

/** A broker of the pair, as it was when the look began. */
export interface ReadBroker {
  readonly region: string;
  readonly brokerId: string;
  readonly description: DescribeBrokerResponse;
}

/** The last value of a metric, and the units that it has points in. */
export interface MetricReading {
  readonly units: readonly string[];
  readonly last: number | undefined;
}

/** What an unauthenticated or authenticated request got. */
export type DoorReading =
  | { readonly asked: false }
  | { readonly asked: true; readonly withUser: boolean; readonly status: number }
  | { readonly asked: true; readonly withUser: boolean; readonly failed: string };

/** Everything that the questions are judged by. */
export interface PairReadings {
  readonly primary: ReadBroker;
  readonly replica: ReadBroker;
  readonly gauges: Readonly<Partial<Record<GaugeName, MetricReading>>>;
  /** By role. */
  readonly connections: { readonly primary: MetricReading; readonly replica: MetricReading };
  /** Queues that have metrics and belong to the replication, of both brokers. */
  readonly replicationQueues: readonly string[];
  /** Names that a broker has in each of the two Regions. */
  readonly namesInBothRegions: readonly string[];
  readonly jolokia: DoorReading;
}
