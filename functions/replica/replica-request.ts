import * as z from 'zod/mini';
import type { Credentials } from '../brokers/broker-secrets.ts';
import type { BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import { brokerArnSchema } from '../config/broker-arn.ts';
import { decisionId } from '../control/decision-id.ts';

/** Input of the create-replica workflow. */
export const createReplicaInputSchema = z.strictObject({
  /** Name of the configured pair that the two brokers will form. */
  pair: z.string().check(z.minLength(1)),
  primaryBrokerArn: brokerArnSchema,
  replicaRegion: z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a Region such as us-west-2')),
  replicaName: z.string().check(z.minLength(1)),
  /** Secret with the user name and password of the replica's console user. */
  consoleUserSecretArn: z.string().check(z.minLength(1)),
  /** Secret with the user name and password that link the brokers; the primary must have the same user. */
  replicationUserSecretArn: z.string().check(z.minLength(1)),
  /**
   * Secrets of the users that applications log in with. Users are per broker and do not cross: a user that only the
   * primary has cannot log in after a promotion.
   */
  applicationUserSecretArns: z._default(z.array(z.string().check(z.minLength(1))).check(z.maxLength(50)), []),
  reason: z.string().check(z.minLength(1)),
  /** Where the replica is placed; left out, the service takes the default VPC. */
  network: z.optional(
    z.strictObject({
      subnetIds: z.optional(z.array(z.string().check(z.minLength(1)))),
      securityGroups: z.optional(z.array(z.string().check(z.minLength(1)))),
    }),
  ),
  /** Takes the same path without any write and lists the writes it would have made. */
  dryRun: z._default(z.boolean(), false),
});

export type CreateReplicaInput = z.output<typeof createReplicaInputSchema>;

/**
 * The id of the decision to give this primary this replica. It is also the `CreatorRequestId`, so a retry or a new
 * execution with the same input makes no second broker.
 */
export const replicaDecision = (input: CreateReplicaInput): string =>
  decisionId('create-replica', input.primaryBrokerArn.arn, input.replicaRegion, input.replicaName);

interface ApiCredentials {
  readonly Username: string;
  readonly Password: string;
}

const namedAsInApi = ({ username, password }: Credentials): ApiCredentials => ({
  Username: username,
  Password: password,
});

/** CreateBroker's members as this project sends them, in the SDK's spelling. */
export interface ReplicaRequest {
  readonly BrokerName: string;
  readonly CreatorRequestId: string;
  readonly DataReplicationMode: 'CRDR';
  readonly DataReplicationPrimaryBrokerArn: string;
  readonly EngineType: 'ACTIVEMQ';
  readonly EngineVersion: string;
  readonly HostInstanceType: string;
  readonly DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ';
  readonly PubliclyAccessible: boolean;
  readonly AutoMinorVersionUpgrade: boolean;
  readonly SubnetIds?: string[];
  readonly SecurityGroups?: string[];
  readonly Users: (ApiCredentials & { readonly ConsoleAccess?: boolean; readonly ReplicationUser?: boolean })[];
}

/**
 * From 5.18 on the service reports a patch version but takes only major and minor in requests; before, it takes the
 * version as it reports it. docs/amazon-mq.md 8.
 */
const requestedVersion = (reported: string): string => {
  const [major = '', minor = ''] = reported.split('.');
  return Number(major) > 5 || Number(minor) >= 18 ? `${major}.${minor}` : reported;
};

/**
 * The CreateBroker request. Engine version, deployment mode, instance type and access follow the primary: the service
 * wants the pair alike. docs/amazon-mq.md 2.
 */
export const replicaRequest = (
  input: CreateReplicaInput,
  primary: BrokerSnapshot,
  users: {
    readonly console: Credentials;
    readonly replication: Credentials;
    readonly applications: readonly Credentials[];
  },
): ReplicaRequest => ({
  BrokerName: input.replicaName,
  CreatorRequestId: replicaDecision(input),
  DataReplicationMode: 'CRDR',
  DataReplicationPrimaryBrokerArn: input.primaryBrokerArn.arn,
  EngineType: 'ACTIVEMQ',
  EngineVersion: requestedVersion(primary.engineVersion),
  HostInstanceType: primary.instanceType,
  DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ',
  PubliclyAccessible: primary.publiclyAccessible,
  // Mandatory for ActiveMQ 5.18 and later; docs/amazon-mq.md 7.
  AutoMinorVersionUpgrade: true,
  ...(input.network?.subnetIds && { SubnetIds: input.network.subnetIds }),
  ...(input.network?.securityGroups && { SecurityGroups: input.network.securityGroups }),
  Users: [
    { ...namedAsInApi(users.console), ConsoleAccess: true },
    { ...namedAsInApi(users.replication), ReplicationUser: true },
    ...users.applications.map(namedAsInApi),
  ],
});

/** The request as it may be shown: user names, no passwords. */
export const withoutPasswords = (request: ReplicaRequest): Readonly<Record<string, unknown>> => ({
  ...request,
  Users: request.Users.map(({ Password: _password, ...user }) => user),
});
