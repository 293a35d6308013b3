import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import { UnexpectedAnswer } from '../runtime/errors.ts';
import type { BrokerSnapshot, ReplicationRole } from './broker-snapshot.ts';

/** The role is free text in the API; any other spelling stops every decision. docs/amazon-mq.md 15. */
const roleOf = (text: string | undefined): ReplicationRole => {
  if (text === undefined) return 'none';
  const upper = text.trim().toUpperCase();
  if (upper === 'PRIMARY') return 'primary';
  return upper === 'REPLICA' ? 'replica' : 'unknown';
};

const counterpartOf = (metadata: DescribeBrokerResponse['DataReplicationMetadata']): BrokerSnapshot['counterpart'] => {
  const { BrokerId: brokerId, Region: region } = metadata?.DataReplicationCounterpart ?? {};
  return brokerId === undefined || region === undefined ? undefined : { brokerId, region };
};

const configurationOf = (answer: DescribeBrokerResponse): BrokerSnapshot['configuration'] => {
  const { Id: id, Revision: revision } = answer.Configurations?.Current ?? {};
  return id === undefined || revision === undefined ? undefined : { id, revision };
};

const maintenanceWindowOf = (answer: DescribeBrokerResponse): BrokerSnapshot['maintenanceWindow'] => {
  const { DayOfWeek: dayOfWeek, TimeOfDay: timeOfDay, TimeZone: timeZone } = answer.MaintenanceWindowStartTime ?? {};
  return dayOfWeek === undefined || timeOfDay === undefined
    ? undefined
    : { dayOfWeek, timeOfDay, timeZone: timeZone ?? 'UTC' };
};

const pendingChangesOf = (answer: DescribeBrokerResponse): readonly string[] => {
  const changes: string[] = [];
  if (answer.PendingEngineVersion)
    changes.push(`engine version ${answer.EngineVersion} → ${answer.PendingEngineVersion}`);
  if (answer.PendingHostInstanceType) {
    changes.push(`instance type ${answer.HostInstanceType} → ${answer.PendingHostInstanceType}`);
  }
  if (answer.PendingSecurityGroups) changes.push(`security groups → ${answer.PendingSecurityGroups.join(', ')}`);
  if (answer.PendingAuthenticationStrategy) {
    changes.push(`authentication strategy → ${answer.PendingAuthenticationStrategy}`);
  }
  if (answer.PendingLdapServerMetadata) changes.push('LDAP server settings');
  const configuration = answer.Configurations?.Pending;
  if (configuration?.Id) changes.push(`configuration ${configuration.Id} revision ${configuration.Revision}`);
  for (const user of answer.Users ?? []) {
    if (user.PendingChange) changes.push(`user ${user.Username}: ${user.PendingChange}`);
  }
  return changes;
};

/**
 * Reads a DescribeBroker answer; members that this project does not know are left aside, since the service adds some.
 *
 * @param readAtMs when it was read, in milliseconds since the Unix epoch
 * @throws UnexpectedAnswer when a member is missing that every decision needs
 */
export const snapshotFrom = (answer: DescribeBrokerResponse, region: string, readAtMs: number): BrokerSnapshot => {
  const required = (member: 'BrokerId' | 'BrokerArn' | 'BrokerName' | 'BrokerState' | 'EngineType'): string => {
    const value = answer[member];
    if (value === undefined) {
      throw new UnexpectedAnswer(`DescribeBroker in ${region} answered without ${member}; nothing can be decided`, {
        region,
      });
    }
    return value;
  };
  const roleText = answer.DataReplicationMetadata?.DataReplicationRole;
  const instances = answer.BrokerInstances ?? [];
  const consoleUrl = instances[0]?.ConsoleURL;
  const engine = required('EngineType').toLowerCase();
  return {
    brokerId: required('BrokerId'),
    brokerArn: required('BrokerArn'),
    brokerName: required('BrokerName'),
    region,
    readAtMs,
    state: required('BrokerState'),
    engine,
    engineVersion: answer.EngineVersion ?? 'unknown',
    instanceType: answer.HostInstanceType ?? 'unknown',
    deploymentMode: answer.DeploymentMode ?? 'unknown',
    publiclyAccessible: answer.PubliclyAccessible === true,
    role: roleOf(roleText),
    roleText,
    counterpart: counterpartOf(answer.DataReplicationMetadata),
    // An empty text, which some answers carry, says as little as a missing member.
    replicationMode: answer.DataReplicationMode || undefined,
    pendingReplicationMode: answer.PendingDataReplicationMode || undefined,
    pendingCounterpart: counterpartOf(answer.PendingDataReplicationMetadata),
    pendingChanges: pendingChangesOf(answer),
    actionsRequired: (answer.ActionsRequired ?? []).map((action) => action.ActionRequiredCode ?? 'unnamed'),
    configuration: configurationOf(answer),
    maintenanceWindow: maintenanceWindowOf(answer),
    userNames: (answer.Users ?? []).map((user) => user.Username ?? ''),
    amqpEndpoints: instances.flatMap((instance) => instance.Endpoints ?? []).filter((url) => url.startsWith('amqp')),
    consoleUrls: instances.flatMap(({ ConsoleURL }) => (ConsoleURL === undefined ? [] : [ConsoleURL])),
    ...(engine === 'rabbitmq' && consoleUrl !== undefined && { consoleUrl }),
  };
};
