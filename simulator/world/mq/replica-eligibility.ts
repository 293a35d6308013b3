import type { BrokerRecord } from './broker-record.ts';
import { badRequest } from './mq-fault.ts';
import { activeMqInstanceTypes } from './value-rules.ts';

/** Oldest engine version with cross-Region data replication (docs/amazon-mq.md 1). */
const minVersion = [5, 17, 6] as const;
/** Smallest instance type with it (docs/amazon-mq.md 1). */
const minInstanceIndex = activeMqInstanceTypes.indexOf('mq.m5.large');

/**
 * Whether a replica in `replicaRegion` may be created for a broker, as the service judges it.
 *
 * @throws ApiFault BadRequestException with the first reason why not
 */
export const requireReplicable = (primary: BrokerRecord, replicaRegion: string): void => {
  const member = 'dataReplicationPrimaryBrokerArn';
  const refuse = (reason: string): never => {
    throw badRequest(
      `Broker [${primary.brokerId}] cannot be the primary of a data replication pair: ${reason}`,
      member,
    );
  };
  if (primary.engineType !== 'ActiveMQ') refuse('only ActiveMQ brokers can be replicated.');
  if (primary.region === replicaRegion) refuse('the replica must be created in another Region.');
  if (primary.deploymentMode !== 'ACTIVE_STANDBY_MULTI_AZ')
    refuse('its deployment mode is not ACTIVE_STANDBY_MULTI_AZ.');
  if (!isVersionAtLeast(primary.engineVersion, minVersion))
    refuse(`its engine version must be at least ${minVersion.join('.')}.`);
  const size = activeMqInstanceTypes.indexOf(primary.hostInstanceType);
  if (size < minInstanceIndex) refuse('its instance type must be at least mq.m5.large.');
  if (primary.pairing !== undefined) refuse('it has a data replication counterpart already.');
  if (primary.state !== 'RUNNING') refuse(`its state is ${primary.state}, not RUNNING.`);
};

/** A version without patch stands for its newest patch, since such brokers take every patch. */
const isVersionAtLeast = (version: string, least: readonly [number, number, number]): boolean => {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of least.entries()) {
    const found = parts[index];
    if (found === undefined) return true;
    if (found !== wanted) return found > wanted;
  }
  return true;
};
