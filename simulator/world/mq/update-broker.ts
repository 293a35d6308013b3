import type { Members } from '../../api/service.ts';
import type { BrokerRecord } from './broker-record.ts';
import { replicationMembers } from './broker-view.ts';
import { checkAutoUpgrade, checkRequestableVersion } from './engine-version.ts';
import { badRequest } from './mq-fault.ts';
import type { MqInput } from './mq-input.ts';
import type { MqSettings } from './mq-settings.ts';
import { roleOf } from './pairing.ts';
import { checkInstanceType } from './value-rules.ts';

/**
 * Notes the changes that wait for a reboot and makes the others at once (docs/amazon-mq.md 7).
 *
 * @throws ApiFault BadRequestException
 */
export const updateBroker = (record: BrokerRecord, input: MqInput<'UpdateBroker'>, settings: MqSettings): Members => {
  if (record.state !== 'RUNNING') {
    throw badRequest(`Broker [${record.brokerId}] is in state ${record.state} and cannot be updated.`, 'broker-id');
  }
  if (input.engineVersion !== undefined) checkVersionChange(record, input.engineVersion);
  if (input.hostInstanceType !== undefined) checkInstanceType(input.hostInstanceType);
  checkAutoUpgrade(input.engineVersion ?? record.engineVersion, input.autoMinorVersionUpgrade);
  if (input.dataReplicationMode !== undefined) requestReplicationMode(record, input.dataReplicationMode);

  if (input.engineVersion !== undefined) record.pending.engineVersion = input.engineVersion;
  if (input.hostInstanceType !== undefined) record.pending.hostInstanceType = input.hostInstanceType;
  if (input.securityGroups !== undefined) record.pending.securityGroups = input.securityGroups;
  if (input.configuration !== undefined) record.pending.configuration = input.configuration;
  record.autoMinorVersionUpgrade = input.autoMinorVersionUpgrade ?? record.autoMinorVersionUpgrade;
  record.maintenanceWindow = input.maintenanceWindowStartTime ?? record.maintenanceWindow;
  return {
    brokerId: record.brokerId,
    autoMinorVersionUpgrade: record.autoMinorVersionUpgrade,
    configuration: record.pending.configuration,
    engineVersion: record.pending.engineVersion ?? record.engineVersion,
    hostInstanceType: record.pending.hostInstanceType ?? record.hostInstanceType,
    maintenanceWindowStartTime: record.maintenanceWindow,
    securityGroups: record.pending.securityGroups ?? record.securityGroups,
    ...replicationMembers(record, settings),
  };
};

const checkVersionChange = (record: BrokerRecord, version: string): void => {
  checkRequestableVersion(version);
  if (record.pairing === undefined || roleOf(record.pairing, record) !== 'replica') return;
  throw badRequest(
    'Global broker attribute [Optional[engineVersion]] cannot be modified in Replica broker directly.',
    'engineVersion',
  );
};

const requestReplicationMode = (record: BrokerRecord, mode: 'CRDR' | 'NONE'): void => {
  const member = 'dataReplicationMode';
  const { pairing } = record;
  if (mode === 'CRDR') {
    if (pairing !== undefined && pairing.phase !== 'dissolving') return;
    throw badRequest('A pair is formed only when its replica is created; this broker cannot be set to CRDR.', member);
  }
  if (pairing === undefined) {
    if (record.replicationMode === undefined || record.replicationMode === 'NONE') return;
    throw badRequest('The broker is not part of a data replication pair.', member);
  }
  // Also of a pair that no reboot has activated: docs/amazon-mq.md 6.2.
  if (roleOf(pairing, record) !== 'primary')
    throw badRequest('Data replication is ended on the primary broker.', member);
  pairing.phase = 'dissolving';
};
