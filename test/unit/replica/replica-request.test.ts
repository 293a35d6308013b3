import { describe, expect, it } from 'vitest';
import {
  createReplicaInputSchema,
  replicaDecision,
  replicaRequest,
  withoutPasswords,
} from '../../../functions/replica/replica-request.ts';
import { InvalidInput } from '../../../functions/runtime/errors.ts';
import { parseInput } from '../../../functions/runtime/parse-input.ts';
import { eastRef, unpairedEast, westRef } from '../../support/brokers.ts';

const raw = {
  pair: 'orders',
  primaryBrokerArn: eastRef.arn,
  replicaRegion: westRef.region,
  replicaName: westRef.brokerName,
  consoleUserSecretArn: 'arn:console',
  replicationUserSecretArn: 'arn:replication',
  reason: 'quarterly drill',
};
const input = createReplicaInputSchema.parse(raw);
const users = {
  console: { username: 'admin', password: 'console-secret-1' },
  replication: { username: 'replicator', password: 'replication-secret-1' },
  applications: [{ username: 'billing', password: 'application-secret-1' }],
};

describe('createReplicaInputSchema', () => {
  it('is no dry run unless it says so', () => {
    expect(input.dryRun).toBe(false);
  });

  it('refuses misspelt fields on every level by name', () => {
    const given = { ...raw, replicaRegoin: 'us-west-2', network: { subnetIDs: ['subnet-1'] } };
    expect(() => parseInput(createReplicaInputSchema, given, 'input')).toThrow(InvalidInput);
    expect(() => parseInput(createReplicaInputSchema, given, 'input')).toThrow(
      /"replicaRegoin" \(did you mean "replicaRegion"\?\)/,
    );
    expect(() => parseInput(createReplicaInputSchema, given, 'input')).toThrow(
      /"network.subnetIDs" \(did you mean "subnetIds"\?\)/,
    );
  });

  it.each(['uswest2', 'us-west', 'US-WEST-2', 'us-west-2a'])('refuses "%s" as a Region', (replicaRegion) => {
    expect(createReplicaInputSchema.safeParse({ ...raw, replicaRegion }).success).toBe(false);
  });
});

describe('replicaDecision', () => {
  it('does not depend on the reason, the secrets or the dry run', () => {
    const other = createReplicaInputSchema.parse({
      ...raw,
      reason: 'x',
      consoleUserSecretArn: 'arn:other',
      dryRun: true,
    });
    expect(replicaDecision(other)).toBe(replicaDecision(input));
  });

  it.each([
    ['primary', { primaryBrokerArn: westRef.arn }],
    ['Region', { replicaRegion: 'us-east-2' }],
    ['name', { replicaName: 'other' }],
  ])('depends on the %s', (_label, change) => {
    expect(replicaDecision(createReplicaInputSchema.parse({ ...raw, ...change }))).not.toBe(replicaDecision(input));
  });
});

describe('replicaRequest', () => {
  it('follows the primary and marks the replication user', () => {
    const primary = unpairedEast({ engineVersion: '5.17.6', instanceType: 'mq.m5.2xlarge', publiclyAccessible: true });
    expect(replicaRequest(input, primary, users)).toEqual({
      BrokerName: 'orders-west',
      CreatorRequestId: replicaDecision(input),
      DataReplicationMode: 'CRDR',
      DataReplicationPrimaryBrokerArn: eastRef.arn,
      EngineType: 'ACTIVEMQ',
      EngineVersion: '5.17.6',
      HostInstanceType: 'mq.m5.2xlarge',
      DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ',
      PubliclyAccessible: true,
      AutoMinorVersionUpgrade: true,
      Users: [
        { Username: 'admin', Password: 'console-secret-1', ConsoleAccess: true },
        { Username: 'replicator', Password: 'replication-secret-1', ReplicationUser: true },
        { Username: 'billing', Password: 'application-secret-1' },
      ],
    });
  });

  it.each([
    ['5.17.6', '5.17.6'],
    ['5.18', '5.18'],
    ['5.18.4', '5.18'],
    ['5.19.1', '5.19'],
    ['6.0.2', '6.0'],
  ])('asks for the version of a primary that reports %s as %s', (reported, requested) => {
    expect(replicaRequest(input, unpairedEast({ engineVersion: reported }), users).EngineVersion).toBe(requested);
  });

  it('passes the network on where it is given', () => {
    const network = { subnetIds: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'] };
    const request = replicaRequest(createReplicaInputSchema.parse({ ...raw, network }), unpairedEast(), users);
    expect(request).toMatchObject({ SubnetIds: ['subnet-1', 'subnet-2'], SecurityGroups: ['sg-1'] });
  });

  it('can be shown without passwords', () => {
    const shown = withoutPasswords(replicaRequest(input, unpairedEast(), users));
    expect(JSON.stringify(shown)).not.toContain('secret-1');
    expect(shown.Users).toEqual([
      { Username: 'admin', ConsoleAccess: true },
      { Username: 'replicator', ReplicationUser: true },
      { Username: 'billing' },
    ]);
  });
});
