import { describe, expect, it } from 'vitest';
import { gatherEligibilityFacts } from '../../../functions/replica/eligibility-facts.ts';
import { createReplicaInputSchema, replicaDecision } from '../../../functions/replica/replica-request.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { eastRef, pendingWest, unpairedEast, westRef } from '../../support/brokers.ts';
import { earlierIntent, FakeBrokers } from '../../support/fake-ports.ts';

const input = createReplicaInputSchema.parse({
  pair: 'orders',
  primaryBrokerArn: eastRef.arn,
  replicaRegion: westRef.region,
  replicaName: westRef.brokerName,
  consoleUserSecretArn: 'console',
  replicationUserSecretArn: 'replication',
  applicationUserSecretArns: ['billing', 'shipping'],
  reason: 'test',
});

const ports = (brokers = new FakeBrokers(unpairedEast())) => ({
  brokers,
  readCredentials: async (arn: string) => ({ username: `${arn}-user`, password: 'correct-horse-1' }),
});

describe('gatherEligibilityFacts', () => {
  it('reads the primary, both users and the absence of a namesake', async () => {
    const given = ports();
    given.brokers.users.set('replication-user', { replicationUser: true, consoleAccess: false });
    const facts = await gatherEligibilityFacts(input, undefined, given);
    expect(facts.primary.brokerId).toBe(eastRef.brokerId);
    expect(facts.namesake).toBeUndefined();
    expect(facts.consoleUser.username).toBe('console-user');
    expect(facts.applicationUsers.map(({ username }) => username)).toEqual(['billing-user', 'shipping-user']);
    expect(facts.replicationUserOnPrimary).toEqual({ replicationUser: true, consoleAccess: false });
  });

  it('takes a user that is not found as missing, but passes other errors on', async () => {
    const given = ports();
    expect((await gatherEligibilityFacts(input, undefined, given)).replicationUserOnPrimary).toBeUndefined();
    given.brokers.describeUser = async () => {
      throw new ServiceUnavailable('busy');
    };
    await expect(gatherEligibilityFacts(input, undefined, given)).rejects.toThrow(ServiceUnavailable);
  });

  it.each([
    ['open', earlierIntent('CreateBroker', { decision: replicaDecision(input) }), true],
    [
      'effective',
      earlierIntent('CreateBroker', { decision: replicaDecision(input), status: 'settled', settledAs: 'effective' }),
      true,
    ],
    [
      'rejected',
      earlierIntent('CreateBroker', { decision: replicaDecision(input), status: 'settled', settledAs: 'rejected' }),
      false,
    ],
    ['of another decision', earlierIntent('CreateBroker'), false],
  ])('judges by an intent that is %s whether the namesake is ours', async (_label, intent, ours) => {
    const facts = await gatherEligibilityFacts(input, intent, ports(new FakeBrokers(unpairedEast(), pendingWest())));
    expect(facts.namesake?.brokerId).toBe(westRef.brokerId);
    expect(facts.namesakeIsOurs).toBe(ours);
  });
});
