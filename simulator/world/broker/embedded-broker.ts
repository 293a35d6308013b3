import type { Duplex } from 'node:stream';

/** Where a broker stands in cross-Region replication. */
export type BrokerRole = 'standalone' | 'primary' | 'replica';

/**
 * Replication gauges as the plugin would report them right now, in milliseconds; `undefined` is a gauge that has no
 * value (after a start or a role change, until the first event). CloudWatch samples them once a minute.
 */
export interface ReplicationGauges {
  readonly totalReplicationLagMs: number | undefined;
  readonly primaryWaitTimeMs: number | undefined;
  readonly replicationLagMs: number | undefined;
  readonly replicaWaitTimeMs: number | undefined;
  /** Events on the replication queue that the replica has not acknowledged; only a primary has it. */
  readonly replicationQueueSize: number | undefined;
}

/** What a broker counts for one queue; all but the sizes since its process started. docs/amazon-mq.md section 14. */
export interface QueueStatistics {
  readonly size: number;
  /** Messages that consumers hold. */
  readonly inFlight: number;
  /** Consumers and browsers. */
  readonly consumers: number;
  readonly enqueued: number;
  /** Messages that left: acknowledged, expired, dead-lettered or purged. */
  readonly dequeued: number;
  readonly expired: number;
}

/** A broker's data plane, as the control plane (the Amazon MQ API) and CloudWatch see it. */
export interface EmbeddedBroker {
  readonly brokerId: string;
  readonly brokerName: string;
  readonly region: string;
  readonly role: BrokerRole;
  /** Whether the process is up: false during a reboot and while its Region is dark. */
  readonly up: boolean;
  /** Whether the connectors listen: up, not a replica, and not closed by a soft failover. */
  readonly acceptsClients: boolean;
  /** Messages per queue, in the order of first use. */
  queueDepths(): ReadonlyMap<string, number>;
  /** What the broker counts for each queue, in the order of first use. */
  queueStatistics(): ReadonlyMap<string, QueueStatistics>;
  clientConnections(): number;
  gauges(): ReplicationGauges;
  /** Stops the process: connections drop, stored messages stay. */
  powerOff(): void;
  powerOn(): void;
  /** A raw AMQP 1.0 stream. @throws an error with `code` ECONNREFUSED when the connectors do not listen */
  connect(): Duplex;
}

/** The pair cannot be promoted as asked in the state that it is in; nothing was changed. */
export class PromotionRefusedError extends Error {
  override readonly name = 'PromotionRefusedError';
}

/** Two brokers under cross-Region data replication. */
export interface EmbeddedPair {
  readonly primary: EmbeddedBroker;
  readonly replica: EmbeddedBroker;
  /** Whether the link between the Regions carries data; cut and restored by faults. */
  linkUp: boolean;
  /**
   * Asks for a soft exchange of roles. A repeated request while one runs changes nothing.
   *
   * @throws PromotionRefusedError while an earlier promotion settles
   */
  switchover(): void;
  /**
   * Makes the replica the primary at once; `linkUp` and the old primary do not matter.
   *
   * @throws PromotionRefusedError when the broker that would be promoted is down, or no replica (yet)
   */
  failover(): void;
  /** Ends replication; each broker becomes standalone with the messages it has. */
  dissolve(): void;
}
