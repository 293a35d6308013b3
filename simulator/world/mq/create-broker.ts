import { createHash } from 'node:crypto';
import { isMembers } from '../../api/service.ts';
import type { BrokerRecord } from './broker-record.ts';
import type { BrokerRegistry } from './broker-registry.ts';
import { initialUsers } from './broker-users.ts';
import { checkAutoUpgrade, checkRequestableVersion, isSameVersion } from './engine-version.ts';
import { badRequest, mqFault, notModelled } from './mq-fault.ts';
import type { MqInput } from './mq-input.ts';
import { joinAsPair } from './pairing.ts';
import { requireReplicable } from './replica-eligibility.ts';
import { recordOf } from './seed-broker.ts';
import {
  checkBrokerName,
  checkInstanceType,
  checkSubnets,
  parseDeploymentMode,
  parseEngineType,
} from './value-rules.ts';

export interface CreateBrokerContext {
  readonly region: string;
  readonly accountId: string;
  readonly nowMs: number;
  readonly registry: BrokerRegistry;
  /** Whether the control plane here can look at a broker in another Region. */
  readonly reaches: (region: string) => boolean;
  readonly nextUuid: () => string;
}

/** docs/amazon-mq.md 8.7. */
const maxBrokersInRegion = 200;

/** Version of a broker that is created without one (docs/amazon-mq.md 1: 5.18 and 5.19 are current). */
const defaultEngineVersion = '5.18';

/** Either the broker that this request made before, or a new record that is not yet registered. */
export type CreateBrokerResult =
  | { readonly repeated: true; readonly record: BrokerRecord }
  | { readonly repeated: false; readonly record: BrokerRecord };

/**
 * Judges a request to create a broker.
 *
 * @throws ApiFault BadRequestException, ConflictException, InternalServerErrorException when the primary's Region
 * does not answer
 */
export const createBroker = (input: MqInput<'CreateBroker'>, context: CreateBrokerContext): CreateBrokerResult => {
  const { region, registry } = context;
  const requestDigest = digestOf(input);
  const earlier = registry
    .inRegion(region)
    .find((record) => record.creation !== undefined && record.creation.requestId === input.creatorRequestId);
  if (earlier !== undefined) {
    if (earlier.creation?.requestDigest === requestDigest) return { repeated: true, record: earlier };
    throw mqFault(
      'ConflictException',
      'A request with this creatorRequestId but other parameters was made before.',
      'creatorRequestId',
    );
  }
  checkBrokerName(input.brokerName);
  if (parseEngineType(input.engineType) !== 'ActiveMQ') throw notModelled('the creation of RabbitMQ brokers');
  const deploymentMode = parseDeploymentMode(input.deploymentMode);
  if (deploymentMode === 'CLUSTER_MULTI_AZ')
    throw badRequest('CLUSTER_MULTI_AZ is not available for ActiveMQ.', 'deploymentMode');
  checkInstanceType(input.hostInstanceType);
  checkSubnets(input.subnetIds, deploymentMode);
  if (input.engineVersion !== undefined) checkRequestableVersion(input.engineVersion);
  const users = initialUsers(input.users ?? []);
  if (users.size === 0) throw badRequest('At least one user is required for ActiveMQ.', 'users');
  if (registry.byName(region, input.brokerName) !== undefined) {
    throw mqFault('ConflictException', `Broker name [${input.brokerName}] is in use already.`, 'brokerName');
  }
  if (registry.inRegion(region).length >= maxBrokersInRegion) {
    throw badRequest(`A Region has at most ${maxBrokersInRegion} brokers.`);
  }
  const primary = findPrimary(input, context);
  const engineVersion = input.engineVersion ?? primary?.engineVersion ?? defaultEngineVersion;
  checkAutoUpgrade(engineVersion, input.autoMinorVersionUpgrade);
  const seed = recordOf(
    {
      region,
      brokerName: input.brokerName,
      deploymentMode,
      engineVersion,
      hostInstanceType: input.hostInstanceType,
      publiclyAccessible: input.publiclyAccessible,
      autoMinorVersionUpgrade: input.autoMinorVersionUpgrade,
      securityGroups: input.securityGroups,
      maintenanceWindow: input.maintenanceWindowStartTime,
      tags: input.tags,
      state: 'CREATION_IN_PROGRESS',
    },
    context,
  );
  const record: BrokerRecord = {
    ...seed,
    storageType: input.storageType ?? seed.storageType,
    subnetIds: input.subnetIds ?? seed.subnetIds,
    creation: input.creatorRequestId === undefined ? undefined : { requestId: input.creatorRequestId, requestDigest },
    configuration: input.configuration ?? seed.configuration,
    users,
  };
  if (primary !== undefined) joinAsPair(primary, record);
  return { repeated: false, record };
};

const findPrimary = (input: MqInput<'CreateBroker'>, context: CreateBrokerContext): BrokerRecord | undefined => {
  const arn = input.dataReplicationPrimaryBrokerArn;
  const member = 'dataReplicationPrimaryBrokerArn';
  if (input.dataReplicationMode !== 'CRDR') {
    if (arn !== undefined) throw badRequest('A primary broker is given, but dataReplicationMode is not CRDR.', member);
    return undefined;
  }
  if (arn === undefined) throw badRequest('dataReplicationMode CRDR needs the ARN of the primary broker.', member);
  const primaryRegion = arn.split(':')[3] ?? '';
  if (primaryRegion !== context.region && !context.reaches(primaryRegion)) {
    throw mqFault('InternalServerErrorException', 'The primary broker could not be looked up.');
  }
  const primary = context.registry.byArn(arn);
  if (primary === undefined) throw badRequest(`Broker [${arn}] does not exist.`, member);
  requireReplicable(primary, context.region);
  if (input.deploymentMode !== primary.deploymentMode) {
    throw badRequest('A replica needs the deployment mode of its primary.', 'deploymentMode');
  }
  if (input.engineVersion !== undefined && !isSameVersion(input.engineVersion, primary.engineVersion)) {
    throw badRequest('A replica needs the engine version of its primary.', 'engineVersion');
  }
  if (!(input.users ?? []).some((user) => user.replicationUser === true)) {
    throw badRequest('A replica needs a replication user.', 'users');
  }
  return primary;
};

/** Equal for equal requests, whatever the order of their members. */
const digestOf = (input: MqInput<'CreateBroker'>): string => {
  const sorted = JSON.stringify(input, (_key, value: unknown) =>
    isMembers(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return createHash('sha256').update(sorted).digest('hex');
};
