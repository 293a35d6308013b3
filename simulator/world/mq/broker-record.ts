import type { EmbeddedBroker, EmbeddedPair } from '../broker/embedded-broker.ts';

/** States of the API; REPLICA is only ever shown, see `MqSettings.replicaBrokerState`. */
export type LifecycleState =
  | 'CREATION_IN_PROGRESS'
  | 'CREATION_FAILED'
  | 'RUNNING'
  | 'REBOOT_IN_PROGRESS'
  | 'DELETION_IN_PROGRESS'
  | 'CRITICAL_ACTION_REQUIRED';

export type DeploymentMode = 'SINGLE_INSTANCE' | 'ACTIVE_STANDBY_MULTI_AZ' | 'CLUSTER_MULTI_AZ';
export type EngineType = 'ActiveMQ' | 'RabbitMQ';

/** A broker user as it is in force. The password never leaves the record. */
export interface UserSettings {
  readonly password: string;
  readonly consoleAccess: boolean;
  readonly groups: readonly string[];
  readonly replicationUser: boolean;
}

export type PendingUserChange =
  | { readonly change: 'CREATE' | 'UPDATE'; readonly settings: UserSettings }
  | { readonly change: 'DELETE' };

/** A user with what the next reboot does to it; `current` is missing for one that is still to be created. */
export interface UserRecord {
  readonly username: string;
  current: UserSettings | undefined;
  pending: PendingUserChange | undefined;
}

/** What the next reboot applies, in addition to users and replication. */
export interface PendingChanges {
  engineVersion?: string;
  hostInstanceType?: string;
  securityGroups?: readonly string[];
  configuration?: ConfigurationId;
}

export interface ConfigurationId {
  readonly id: string;
  readonly revision: number;
}

export interface WeeklyStartTime {
  readonly dayOfWeek: string;
  readonly timeOfDay: string;
  readonly timeZone?: string | undefined;
}

export interface ActionRequired {
  readonly actionRequiredCode: string;
  readonly actionRequiredInfo: string;
}

/** A durable subscription of a topic that is not connected; topics themselves are not modelled. */
export interface StoredSubscription {
  readonly clientId: string;
  readonly name: string;
  readonly topic: string;
  /** Messages that wait for it. */
  readonly pending: number;
}

/** Everything that the control plane knows about one broker. */
export interface BrokerRecord {
  readonly brokerId: string;
  readonly brokerArn: string;
  readonly brokerName: string;
  readonly region: string;
  readonly createdMs: number;
  readonly engineType: EngineType;
  readonly deploymentMode: DeploymentMode;
  readonly publiclyAccessible: boolean;
  readonly storageType: 'EBS' | 'EFS';
  readonly subnetIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Idempotency token of the creation and a digest of that request. */
  readonly creation: { readonly requestId: string; readonly requestDigest: string } | undefined;
  engineVersion: string;
  hostInstanceType: string;
  securityGroups: readonly string[];
  autoMinorVersionUpgrade: boolean;
  maintenanceWindow: WeeklyStartTime;
  configuration: ConfigurationId;
  configurationHistory: readonly ConfigurationId[];
  readonly users: Map<string, UserRecord>;
  pending: PendingChanges;
  state: LifecycleState;
  actionsRequired: readonly ActionRequired[];
  /** How full its store is, in percent; the simulator does not derive it from messages. */
  storePercentUsage: number;
  durableSubscriptions: readonly StoredSubscription[];
  /** NONE once a pairing was dissolved; a broker that never had one shows no mode. */
  replicationMode: 'CRDR' | 'NONE' | undefined;
  pairing: Pairing | undefined;
  /** Missing until the creation is over, and for engines whose data plane is not modelled. */
  dataPlane: EmbeddedBroker | undefined;
}

/**
 * Two brokers that replicate or will. `pending` until the primary's reboot activates it, `dissolving` from
 * UpdateBroker NONE until the primary's next reboot.
 */
export interface Pairing {
  /** The broker that the replica was created for; after a promotion it may be the replica. */
  readonly founder: BrokerRecord;
  readonly second: BrokerRecord;
  phase: 'pending' | 'active' | 'dissolving';
  /** Missing while pending. */
  dataPlane: EmbeddedPair | undefined;
  promotion: RequestedPromotion | undefined;
}

/** The newest promotion that was accepted; it runs until the roles have been exchanged. */
export interface RequestedPromotion {
  readonly mode: 'SWITCHOVER' | 'FAILOVER';
  readonly target: BrokerRecord;
  readonly requestedAtMs: number;
}
