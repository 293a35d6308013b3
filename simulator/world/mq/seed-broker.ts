import type {
  ActionRequired,
  BrokerRecord,
  ConfigurationId,
  DeploymentMode,
  EngineType,
  LifecycleState,
  PendingChanges,
  WeeklyStartTime,
} from './broker-record.ts';
import { initialUsers, type RequestedUser } from './broker-users.ts';

/** A broker that exists when the simulator begins; what is left out is what a healthy pair's broker has. */
export interface BrokerSeed {
  readonly region: string;
  readonly brokerName: string;
  readonly engineType?: EngineType;
  readonly engineVersion?: string;
  readonly hostInstanceType?: string;
  readonly deploymentMode?: DeploymentMode;
  readonly publiclyAccessible?: boolean;
  readonly autoMinorVersionUpgrade?: boolean | undefined;
  readonly securityGroups?: readonly string[] | undefined;
  readonly maintenanceWindow?: WeeklyStartTime | undefined;
  readonly users?: readonly RequestedUser[];
  /** Users that the next reboot creates. */
  readonly pendingUsers?: readonly RequestedUser[];
  readonly pending?: PendingChanges;
  readonly state?: LifecycleState;
  readonly actionsRequired?: readonly ActionRequired[];
  /** Text of its configuration. */
  readonly configurationXml?: string;
  /** Percent; 0 by default. */
  readonly storePercentUsage?: number;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** @throws ApiFault BadRequestException for users that the service would not take */
export const recordOf = (
  seed: BrokerSeed,
  context: { readonly accountId: string; readonly nowMs: number; readonly nextUuid: () => string },
): BrokerRecord => {
  const brokerId = `b-${context.nextUuid()}`;
  const configuration: ConfigurationId = { id: `c-${context.nextUuid()}`, revision: 1 };
  const users = initialUsers(seed.users ?? []);
  for (const [username, user] of initialUsers(seed.pendingUsers ?? [])) {
    if (user.current === undefined) continue;
    users.set(username, { username, current: undefined, pending: { change: 'CREATE', settings: user.current } });
  }
  return {
    brokerId,
    brokerArn: `arn:aws:mq:${seed.region}:${context.accountId}:broker:${seed.brokerName}:${brokerId}`,
    brokerName: seed.brokerName,
    region: seed.region,
    createdMs: context.nowMs,
    engineType: seed.engineType ?? 'ActiveMQ',
    deploymentMode: seed.deploymentMode ?? 'ACTIVE_STANDBY_MULTI_AZ',
    publiclyAccessible: seed.publiclyAccessible ?? false,
    storageType: 'EFS',
    subnetIds: [],
    tags: seed.tags ?? {},
    creation: undefined,
    engineVersion: seed.engineVersion ?? '5.18',
    hostInstanceType: seed.hostInstanceType ?? 'mq.m5.large',
    securityGroups: seed.securityGroups ?? [],
    autoMinorVersionUpgrade: seed.autoMinorVersionUpgrade ?? true,
    maintenanceWindow: seed.maintenanceWindow ?? { dayOfWeek: 'SUNDAY', timeOfDay: '02:00', timeZone: 'UTC' },
    configuration,
    configurationHistory: [],
    users,
    pending: { ...seed.pending },
    state: seed.state ?? 'RUNNING',
    actionsRequired: seed.actionsRequired ?? [],
    storePercentUsage: seed.storePercentUsage ?? 0,
    durableSubscriptions: [],
    replicationMode: undefined,
    pairing: undefined,
    dataPlane: undefined,
  };
};
