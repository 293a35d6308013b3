import type { BrokerAddress } from './broker-address.ts';

/** The role that a broker reports in cross-Region data replication; `unknown` is a spelling this project has not met. */
export type ReplicationRole = 'primary' | 'replica' | 'none' | 'unknown';

/** One revision of a broker configuration. */
export interface ConfigurationRevision {
  readonly id: string;
  readonly revision: number;
}

/** Weekly time in which the service may reboot a broker; two hours at most, docs/amazon-mq.md 7. */
export interface MaintenanceWindow {
  /** In upper case, as the service spells it: `SUNDAY`. */
  readonly dayOfWeek: string;
  /** `HH:MM` on a 24-hour clock. */
  readonly timeOfDay: string;
  /** A zone's name, or an offset such as `+09:00`; UTC by default. */
  readonly timeZone: string;
}

/** A broker as one DescribeBroker answer shows it, in the project's own terms; docs/amazon-mq.md 8. */
export interface BrokerSnapshot {
  readonly brokerId: string;
  readonly brokerArn: string;
  readonly brokerName: string;
  readonly region: string;
  /** When the answer was read, in milliseconds since the Unix epoch. */
  readonly readAtMs: number;
  /** BrokerState as the service spells it. */
  readonly state: string;
  /** Engine in lower case: the service's enum and its answers differ in case. */
  readonly engine: string;
  readonly engineVersion: string;
  readonly instanceType: string;
  readonly deploymentMode: string;
  readonly publiclyAccessible: boolean;
  readonly role: ReplicationRole;
  /** The role as the service spelled it, for messages about an unknown one. */
  readonly roleText: string | undefined;
  readonly counterpart: { readonly brokerId: string; readonly region: string } | undefined;
  readonly replicationMode: string | undefined;
  readonly pendingReplicationMode: string | undefined;
  readonly pendingCounterpart: { readonly brokerId: string; readonly region: string } | undefined;
  /** Changes that the next reboot applies, one readable line each. */
  readonly pendingChanges: readonly string[];
  readonly actionsRequired: readonly string[];
  readonly userNames: readonly string[];
  /** The configuration revision in use. */
  readonly configuration: ConfigurationRevision | undefined;
  readonly maintenanceWindow: MaintenanceWindow | undefined;
  /** AMQP endpoints, active and standby: only one listens. */
  readonly amqpEndpoints: readonly string[];
  /** Web consoles, active and standby: only one listens. */
  readonly consoleUrls: readonly string[];
  /** The web console of a RabbitMQ broker, which serves its management API too; docs/rabbitmq.md 1.1. */
  readonly consoleUrl?: string;
}

/** A broker that was read, or the reason why it could not be. Not being able to read is no statement about it. */
export type BrokerReading =
  | { readonly known: true; readonly broker: BrokerSnapshot }
  | { readonly known: false; readonly reason: string };

/** A user of a broker, as far as replication cares. */
export interface UserRights {
  readonly replicationUser: boolean;
  readonly consoleAccess: boolean;
}

/** Reads brokers, one DescribeBroker call each; errors are those of `translateError`, and UnexpectedAnswer. */
export interface BrokerReader {
  describe(address: BrokerAddress): Promise<BrokerSnapshot>;
  /** Like `describe`, for a broker whose Region may be lost: an error becomes a reason. */
  tryDescribe(address: BrokerAddress): Promise<BrokerReading>;
}

/** Broker states in which a broker serves its role; a steady replica may read either. docs/amazon-mq.md 15. */
export const servingStates: readonly string[] = ['RUNNING', 'REPLICA'];
