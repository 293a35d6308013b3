import { describe, expect, it } from 'vitest';
import type { UserRights } from '../../../functions/brokers/broker-snapshot.ts';
import {
  checkEngineVersion,
  checkInstances,
  checkReplicationUser,
  checkUsers,
} from '../../../functions/readiness/parity-checks.ts';
import type { Reading } from '../../../functions/runtime/reading.ts';
import { known, ordersPair, pairedEast, unreadable } from '../../support/brokers.ts';
import { readable, readyFacts, replicator, said, sidesWith, westBroker } from '../../support/readiness-facts.ts';

const lost = sidesWith({ reading: unreadable(), users: new Map() }, { users: new Map() });
const west = (changes: Parameters<typeof westBroker>[0]) => sidesWith({}, { reading: known(westBroker(changes)) });

describe('checkEngineVersion', () => {
  it.each([
    ['5.18.4', 'ok'],
    ['5.18.5', 'warning ENGINE_PATCH_DIFFERS'],
    ['5.17.6', 'blocker ENGINE_VERSION_DIFFERS'],
    ['unknown', 'warning ENGINE_VERSION_UNKNOWN'],
  ])('compares 5.18.4 with %s', (engineVersion, expected) => {
    expect(said(checkEngineVersion, west({ engineVersion }))).toEqual([expected]);
  });

  it('is unknown when one broker is', () => {
    expect(said(checkEngineVersion, lost)).toEqual(['warning ENGINE_VERSION_UNKNOWN']);
  });
});

describe('checkInstances', () => {
  it('warns of another size and blocks another kind of deployment', () => {
    expect(said(checkInstances, readyFacts())).toEqual(['ok']);
    expect(said(checkInstances, west({ instanceType: 'mq.m5.xlarge' }))).toEqual(['warning INSTANCE_TYPE_DIFFERS']);
    expect(said(checkInstances, west({ deploymentMode: 'SINGLE_INSTANCE' }))).toEqual([
      'blocker DEPLOYMENT_MODE_DIFFERS',
    ]);
    expect(said(checkInstances, lost)).toEqual(['warning INSTANCE_UNKNOWN']);
  });
});

describe('checkUsers', () => {
  it('blocks what could not log in after a promotion, and warns of the other way round', () => {
    expect(said(checkUsers, readyFacts())).toEqual(['ok']);
    expect(said(checkUsers, west({ userNames: ['replicator'] }))).toEqual(['blocker USERS_MISSING_ON_REPLICA']);
    expect(said(checkUsers, west({ userNames: ['admin', 'replicator', 'extra'] }))).toEqual([
      'warning USERS_MISSING_ON_PRIMARY',
    ]);
    expect(said(checkUsers, lost)).toEqual(['warning USERS_UNKNOWN']);
  });

  it('leaves out the users that the settings allow to differ', () => {
    const facts = west({ userNames: ['replicator', 'console-west'] });
    const pair = ordersPair({ readiness: { unsharedUsers: ['admin', 'console-west'] } });
    expect(said(checkUsers, { ...facts, pair })).toEqual(['ok']);
  });
});

describe('checkReplicationUser', () => {
  const rights = (east: Reading<UserRights>, westRights: Reading<UserRights>) =>
    said(
      checkReplicationUser,
      sidesWith(
        { users: new Map([['admin', east]]), reading: known(pairedEast({ userNames: ['admin'] })) },
        { users: new Map([['admin', westRights]]), reading: known(westBroker({ userNames: ['admin'] })) },
      ),
    );
  const plain = readable({ replicationUser: false, consoleAccess: true });
  const unread = { known: false, reason: 'denied' } as const;

  it('wants one user that replicates on both brokers, without console access', () => {
    expect(said(checkReplicationUser, readyFacts())).toEqual(['ok']);
    expect(rights(readable(replicator), plain)).toEqual(['blocker REPLICATION_USER_MISSING']);
    expect(rights(readable(replicator), readable({ ...replicator, consoleAccess: true }))).toEqual([
      'blocker REPLICATION_USER_HAS_CONSOLE_ACCESS',
    ]);
  });

  it('does not say missing where something could not be looked at', () => {
    expect(rights(readable(replicator), unread)).toEqual(['warning REPLICATION_USER_UNKNOWN']);
    expect(said(checkReplicationUser, lost)).toEqual(['warning REPLICATION_USER_UNKNOWN']);
    const notAllLookedAt = sidesWith({ users: new Map() }, { users: new Map() });
    expect(said(checkReplicationUser, notAllLookedAt)).toEqual(['warning REPLICATION_USER_UNKNOWN']);
  });

  it('says missing of a named user that only one broker has', () => {
    const facts = sidesWith({ users: new Map() }, { users: new Map() });
    const pair = ordersPair({ readiness: { replicationUser: 'linker' } });
    expect(said(checkReplicationUser, { ...facts, pair })).toEqual(['blocker REPLICATION_USER_MISSING']);
  });
});
