import type { Members } from '../../api/service.ts';
import { brokerInstances } from './broker-endpoints.ts';
import type { BrokerRecord, Pairing } from './broker-record.ts';
import { reportedVersion } from './engine-version.ts';
import type { MqSettings } from './mq-settings.ts';
import { counterpartOf, roleOf } from './pairing.ts';

/** The state that the API shows. */
export const shownState = (record: BrokerRecord, settings: MqSettings): string => {
  const { pairing, state } = record;
  const replicates = pairing?.dataPlane !== undefined && roleOf(pairing, record) === 'replica';
  return state === 'RUNNING' && replicates ? settings.replicaBrokerState : state;
};

/** One summary of ListBrokers: no replication members (docs/amazon-mq.md 8). */
export const brokerSummary = (record: BrokerRecord, settings: MqSettings): Members => ({
  brokerArn: record.brokerArn,
  brokerId: record.brokerId,
  brokerName: record.brokerName,
  brokerState: shownState(record, settings),
  created: new Date(record.createdMs).toISOString(),
  deploymentMode: record.deploymentMode,
  engineType: record.engineType,
  hostInstanceType: record.hostInstanceType,
});

/** DataReplicationMode and its kin: present only where a pair is or will be (docs/amazon-mq.md 2, 6). */
export const replicationMembers = (record: BrokerRecord, settings: MqSettings): Members => {
  const { pairing } = record;
  if (pairing === undefined) return { dataReplicationMode: record.replicationMode };
  const metadata = replicationMetadata(pairing, record, settings);
  if (pairing.phase === 'pending') {
    return {
      dataReplicationMode: record.replicationMode,
      pendingDataReplicationMode: 'CRDR',
      pendingDataReplicationMetadata: metadata,
    };
  }
  // A pair that is ended before any reboot has never replicated.
  if (pairing.dataPlane === undefined) {
    return { dataReplicationMode: record.replicationMode, pendingDataReplicationMode: 'NONE' };
  }
  return {
    dataReplicationMode: 'CRDR',
    dataReplicationMetadata: metadata,
    pendingDataReplicationMode: pairing.phase === 'dissolving' ? 'NONE' : undefined,
  };
};

/** DescribeBroker's answer. */
export const brokerDescription = (record: BrokerRecord, settings: MqSettings): Members => ({
  ...brokerSummary(record, settings),
  actionsRequired: record.actionsRequired,
  authenticationStrategy: 'SIMPLE',
  autoMinorVersionUpgrade: record.autoMinorVersionUpgrade,
  // A RabbitMQ broker's data plane is its management API, which the simulator keeps by host name.
  brokerInstances: record.dataPlane === undefined && record.engineType === 'ActiveMQ' ? [] : brokerInstances(record),
  configurations: {
    current: record.configuration,
    history: record.configurationHistory,
    pending: record.pending.configuration,
  },
  encryptionOptions: { useAwsOwnedKey: true },
  engineVersion: reportedVersion(record.engineVersion),
  logs: { general: false, audit: false, generalLogGroup: `/aws/amazonmq/broker/${record.brokerId}/general` },
  maintenanceWindowStartTime: record.maintenanceWindow,
  pendingEngineVersion: record.pending.engineVersion,
  pendingHostInstanceType: record.pending.hostInstanceType,
  pendingSecurityGroups: record.pending.securityGroups,
  publiclyAccessible: record.publiclyAccessible,
  securityGroups: record.securityGroups,
  storageType: record.storageType,
  subnetIds: record.subnetIds,
  tags: record.tags,
  users: userSummaries(record),
  ...replicationMembers(record, settings),
});

/** Users without secrets, with the change that waits for a reboot. */
export const userSummaries = (record: BrokerRecord): readonly Members[] =>
  [...record.users.values()].map((user) => ({ username: user.username, pendingChange: user.pending?.change }));

const replicationMetadata = (pairing: Pairing, record: BrokerRecord, settings: MqSettings): Members => {
  const other = counterpartOf(pairing, record);
  return {
    dataReplicationRole: settings.roleSpelling[roleOf(pairing, record)],
    dataReplicationCounterpart: { brokerId: other.brokerId, region: other.region },
  };
};
