import type { BrokerRecord } from './broker-record.ts';

/** What a reboot puts in force beside replication: versions, sizes, configuration and users (docs/amazon-mq.md 7). */
export const applyPendingChanges = (record: BrokerRecord): void => {
  const { engineVersion, hostInstanceType, securityGroups, configuration } = record.pending;
  record.engineVersion = engineVersion ?? record.engineVersion;
  record.hostInstanceType = hostInstanceType ?? record.hostInstanceType;
  record.securityGroups = securityGroups ?? record.securityGroups;
  if (configuration !== undefined) {
    record.configurationHistory = [...record.configurationHistory, record.configuration];
    record.configuration = configuration;
  }
  record.pending = {};
  for (const user of record.users.values()) {
    if (user.pending === undefined) continue;
    if (user.pending.change === 'DELETE') record.users.delete(user.username);
    else user.current = user.pending.settings;
    user.pending = undefined;
  }
};
