import { describe, expect, it } from 'vitest';
import type { BrokerSnapshot } from '../../../functions/brokers/broker-snapshot.ts';
import { assessEligibility, type EligibilityFacts, isOwnReplica } from '../../../functions/replica/eligibility.ts';
import { type CreateReplicaInput, createReplicaInputSchema } from '../../../functions/replica/replica-request.ts';
import { asRole, eastRef, pairedEast, pendingEast, pendingWest, unpairedEast, westRef } from '../../support/brokers.ts';

const input = (changes: Readonly<Record<string, unknown>> = {}): CreateReplicaInput =>
  createReplicaInputSchema.parse({
    pair: 'orders',
    primaryBrokerArn: eastRef.arn,
    replicaRegion: westRef.region,
    replicaName: westRef.brokerName,
    consoleUserSecretArn: 'arn:console',
    replicationUserSecretArn: 'arn:replication',
    reason: 'test',
    ...changes,
  });

const facts = (changes: Partial<EligibilityFacts> = {}): EligibilityFacts => ({
  input: input(),
  primary: unpairedEast(),
  namesake: undefined,
  namesakeIsOurs: false,
  consoleUser: { username: 'admin', password: 'correct-horse-1' },
  replicationUser: { username: 'replicator', password: 'correct-horse-2' },
  applicationUsers: [],
  replicationUserOnPrimary: { replicationUser: true, consoleAccess: false },
  ...changes,
});

const withPrimary = (changes: Partial<BrokerSnapshot>) => facts({ primary: unpairedEast(changes) });
const blockersOf = (given: EligibilityFacts) => assessEligibility(given).blockers.map(({ code }) => code);
const warningsOf = (given: EligibilityFacts) => assessEligibility(given).warnings.map(({ code }) => code);

describe('assessEligibility', () => {
  it('finds nothing against a healthy unpaired primary', () => {
    expect(assessEligibility(facts())).toEqual({ blockers: [], warnings: [] });
  });

  it.each<[string, EligibilityFacts]>([
    ['ENGINE_NOT_ACTIVEMQ', withPrimary({ engine: 'rabbitmq' })],
    ['ENGINE_TOO_OLD', withPrimary({ engineVersion: '5.17.5' })],
    ['ENGINE_TOO_OLD', withPrimary({ engineVersion: '5.9.9' })],
    ['ENGINE_TOO_OLD', withPrimary({ engineVersion: 'unknown' })],
    ['ENGINE_ENDED', withPrimary({ engineVersion: '5.17.6' })],
    ['ENGINE_ENDED', withPrimary({ engineVersion: '5.17.10' })],
    ['INSTANCE_FAMILY_UNSUPPORTED', withPrimary({ instanceType: 'mq.m7g.large' })],
    ['INSTANCE_TOO_SMALL', withPrimary({ instanceType: 'mq.t3.micro' })],
    ['NOT_ACTIVE_STANDBY', withPrimary({ deploymentMode: 'SINGLE_INSTANCE' })],
    ['NOT_RUNNING', withPrimary({ state: 'REBOOT_IN_PROGRESS' })],
    ['ACTION_REQUIRED', withPrimary({ actionsRequired: ['BROKER_OOM'] })],
    ['ALREADY_PAIRED', facts({ primary: pairedEast() })],
    ['ALREADY_PAIRED', withPrimary({ role: 'unknown', roleText: 'BYSTANDER' })],
    ['PAIRING_PENDING', facts({ primary: pendingEast() })],
    ['NAME_TAKEN', facts({ namesake: pendingWest({ pendingCounterpart: undefined }) })],
    ['SAME_REGION', facts({ input: input({ replicaRegion: eastRef.region }) })],
    ['NAME_INVALID', facts({ input: input({ replicaName: 'orders west' }) })],
    ['NAME_INVALID', facts({ input: input({ replicaName: 'x'.repeat(51) }) })],
    ['USER_NAME_INVALID', facts({ consoleUser: { username: 'a b', password: 'correct-horse-1' } })],
    ['PASSWORD_INVALID', facts({ consoleUser: { username: 'admin', password: 'short' } })],
    ['USER_NAME_INVALID', facts({ applicationUsers: [{ username: 'a b', password: 'correct-horse-1' }] })],
    ['PASSWORD_INVALID', facts({ applicationUsers: [{ username: 'app', password: 'short' }] })],
    ['USERS_EQUAL', facts({ applicationUsers: [{ username: 'admin', password: 'correct-horse-1' }] })],
    [
      'USERS_EQUAL',
      facts({
        primary: unpairedEast({ userNames: ['replicator'] }),
        consoleUser: { username: 'replicator', password: 'correct-horse-1' },
      }),
    ],
    ['REPLICATION_USER_MISSING', facts({ replicationUserOnPrimary: undefined })],
    [
      'REPLICATION_USER_HAS_CONSOLE',
      facts({ replicationUserOnPrimary: { replicationUser: true, consoleAccess: true } }),
    ],
    [
      'REPLICATION_USER_NOT_MARKED',
      facts({ replicationUserOnPrimary: { replicationUser: false, consoleAccess: false } }),
    ],
  ])('is blocked by %s alone', (code, given) => {
    expect(blockersOf(given)).toEqual([code]);
  });

  it.each(['5.18', '5.18.4'])('accepts engine version %s without a warning', (engineVersion) => {
    expect(assessEligibility(withPrimary({ engineVersion }))).toEqual({ blockers: [], warnings: [] });
  });

  it.each(['mq.m5.large', 'mq.m5.xlarge', 'mq.m5.2xlarge', 'mq.m5.4xlarge'])('accepts instance type %s', (type) => {
    expect(blockersOf(withPrimary({ instanceType: type }))).toEqual([]);
  });

  it.each<[string, EligibilityFacts]>([
    ['REGION_UNDOCUMENTED', facts({ input: input({ replicaRegion: 'eu-west-1' }) })],
    ['ENGINE_UNCONFIRMED', withPrimary({ engineVersion: '5.19.1' })],
    ['ENGINE_UNCONFIRMED', withPrimary({ engineVersion: '6.0.0' })],
    ['USERS_MISSING_ON_REPLICA', withPrimary({ userNames: ['admin', 'replicator', 'billing'] })],
    ['PENDING_CHANGES', withPrimary({ pendingChanges: ['engine version 5.18.4 → 5.18.6'] })],
  ])('only warns of %s', (code, given) => {
    expect(blockersOf(given)).toEqual([]);
    expect(warningsOf(given)).toEqual([code]);
  });

  it('lists every blocker and every warning at once', () => {
    const given = facts({
      input: input({ replicaRegion: 'us-east-1', replicaName: 'no good' }),
      primary: unpairedEast({
        engineVersion: '5.16.1',
        instanceType: 'mq.t3.micro',
        deploymentMode: 'SINGLE_INSTANCE',
        state: 'CRITICAL_ACTION_REQUIRED',
        actionsRequired: ['BROKER_ENI_DELETED'],
        pendingChanges: ['instance type mq.t3.micro → mq.m5.large'],
      }),
      consoleUser: { username: 'replicator', password: 'short' },
      replicationUser: { username: 'replicator', password: 'aaaaaaaaaaaa' },
      replicationUserOnPrimary: undefined,
    });
    expect(blockersOf(given)).toEqual([
      'ENGINE_TOO_OLD',
      'INSTANCE_TOO_SMALL',
      'NOT_ACTIVE_STANDBY',
      'NOT_RUNNING',
      'ACTION_REQUIRED',
      'SAME_REGION',
      'NAME_INVALID',
      'PASSWORD_INVALID',
      'PASSWORD_INVALID',
      'USERS_EQUAL',
      'REPLICATION_USER_MISSING',
    ]);
    expect(warningsOf(given)).toEqual(['USERS_MISSING_ON_REPLICA', 'PENDING_CHANGES']);
  });

  it('misses no user that has a secret or is on the replica already', () => {
    const given = facts({
      primary: pendingEast({ userNames: ['admin', 'replicator', 'billing', 'shipping'] }),
      namesake: pendingWest({ userNames: ['admin', 'replicator', 'shipping'] }),
      applicationUsers: [{ username: 'billing', password: 'correct-horse-3' }],
    });
    expect(warningsOf(given)).toEqual([]);
  });

  it('never carries a password in a finding', () => {
    const secrets = ['short,secret', 'another:secret'];
    const given = facts({
      consoleUser: { username: 'a b', password: secrets[0] ?? '' },
      replicationUser: { username: 'c d', password: secrets[1] ?? '' },
      replicationUserOnPrimary: undefined,
    });
    const text = JSON.stringify(assessEligibility(given));
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('lets a run go on with the replica that its own decision created', () => {
    expect(blockersOf(facts({ primary: pendingEast(), namesake: pendingWest(), namesakeIsOurs: true }))).toEqual([]);
  });

  it('takes brokers that point at each other as the wanted pair, even without an intent', () => {
    const given = facts({ primary: pairedEast(), namesake: pendingWest() });
    expect(isOwnReplica(given)).toBe(true);
    expect(blockersOf(given)).toEqual([]);
  });

  it('refuses a primary that has become the replica of the wanted pair', () => {
    const given = facts({ primary: pairedEast(asRole('replica')), namesake: pendingWest(), namesakeIsOurs: true });
    expect(blockersOf(given)).toContain('ALREADY_PAIRED');
  });
});
