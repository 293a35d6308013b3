import { describe, expect, it } from 'vitest';
import {
  checkActionsRequired,
  checkBrokers,
  checkPendingChanges,
  checkPendingReplication,
  checkRoles,
  checkStates,
} from '../../../functions/readiness/topology-checks.ts';
import { asRole, known, pairedEast, unreadable } from '../../support/brokers.ts';
import { readyFacts, said, sidesWith, westBroker } from '../../support/readiness-facts.ts';

const unknownMembers = readyFacts({ members: { known: false, reason: 'no record' } });
const primaryUnread = sidesWith({ reading: unreadable() });

describe('checkBrokers', () => {
  it('is content with two readable brokers only', () => {
    expect(said(checkBrokers, readyFacts())).toEqual(['ok']);
    expect(said(checkBrokers, primaryUnread)).toEqual(['blocker BROKER_UNREADABLE']);
    expect(said(checkBrokers, sidesWith({ reading: unreadable() }, { reading: unreadable() }))).toHaveLength(2);
    expect(said(checkBrokers, unknownMembers)).toEqual(['blocker MEMBERS_UNKNOWN']);
  });
});

describe('checkRoles', () => {
  const roles = (east: Partial<ReturnType<typeof pairedEast>>, west: Partial<ReturnType<typeof pairedEast>> = {}) =>
    said(checkRoles, sidesWith({ reading: known(pairedEast(east)) }, { reading: known(westBroker(west)) }));

  it('wants one primary and one replica, in either order', () => {
    expect(roles({})).toEqual(['ok']);
    expect(roles(asRole('replica'), asRole('primary'))).toEqual(['ok']);
  });

  it('calls two primaries unsafe, and two replicas a pair without a primary', () => {
    expect(roles({}, asRole('primary'))).toEqual(['blocker BOTH_PRIMARY']);
    expect(roles(asRole('replica'))).toEqual(['blocker NO_PRIMARY']);
  });

  it('does not guess a role that it does not know', () => {
    expect(roles({ role: 'unknown', roleText: 'LEADER' })).toEqual(['blocker ROLE_UNKNOWN']);
    expect(roles({ role: 'none', roleText: undefined, counterpart: undefined })).toEqual(['blocker NOT_PAIRED']);
  });

  it('wants each broker to name the other', () => {
    expect(roles({ counterpart: { brokerId: 'b-9', region: 'us-west-2' } })).toEqual(['blocker COUNTERPART_DIFFERS']);
  });

  it('leaves what was not read to the check of the brokers', () => {
    expect(said(checkRoles, primaryUnread)).toEqual(['ok']);
    expect(said(checkRoles, unknownMembers)).toEqual(['ok']);
  });
});

describe.each([
  ['states', checkStates, { state: 'REBOOT_IN_PROGRESS' }, 'blocker BROKER_NOT_RUNNING'],
  [
    'pending replication',
    checkPendingReplication,
    { pendingReplicationMode: 'NONE' },
    'blocker REPLICATION_CHANGE_PENDING',
  ],
  ['pending changes', checkPendingChanges, { pendingChanges: ['user new: CREATE'] }, 'warning CHANGES_PENDING'],
  ['actions required', checkActionsRequired, { actionsRequired: ['BROKER_OOM'] }, 'blocker ACTION_REQUIRED'],
] as const)('the check of %s', (_name, check, changes, finding) => {
  it('names each broker with a finding', () => {
    expect(said(check, readyFacts())).toEqual(['ok']);
    expect(said(check, sidesWith({ reading: known(pairedEast(changes)) }))).toEqual([finding]);
    expect(said(check, sidesWith({}, { reading: known(westBroker(changes)) }))).toEqual([finding]);
    const both = sidesWith({ reading: known(pairedEast(changes)) }, { reading: known(westBroker(changes)) });
    expect(said(check, both)).toEqual([finding, finding]);
  });
});

it('accepts a steady replica in either state', () => {
  expect(said(checkStates, sidesWith({}, { reading: known(westBroker({ state: 'REPLICA' })) }))).toEqual(['ok']);
});
