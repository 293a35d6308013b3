import type { BrokerAddress } from '../brokers/broker-address.ts';
import type { Credentials } from '../brokers/broker-secrets.ts';
import type { BrokerReader, UserRights } from '../brokers/broker-snapshot.ts';
import type { Intent } from '../control/intent.ts';
import { NotFound } from '../runtime/errors.ts';
import type { EligibilityFacts } from './eligibility.ts';
import { type CreateReplicaInput, replicaDecision } from './replica-request.ts';

/** What gathering the facts reads. */
export interface EligibilityPorts {
  readonly brokers: Pick<BrokerReader, 'describe'> & {
    findByName(region: string, brokerName: string): Promise<string | undefined>;
    describeUser(address: BrokerAddress, username: string): Promise<UserRights>;
  };
  readonly readCredentials: (secretArn: string) => Promise<Credentials>;
}

/**
 * Reads everything that the eligibility of a replica depends on. Errors of the ports pass through.
 *
 * @param intent the pair's newest intent to create a replica, read before
 */
export const gatherEligibilityFacts = async (
  input: CreateReplicaInput,
  intent: Intent | undefined,
  { brokers, readCredentials }: EligibilityPorts,
): Promise<EligibilityFacts> => {
  const primaryAddress = { region: input.primaryBrokerArn.region, brokerId: input.primaryBrokerArn.brokerId };
  const primary = await brokers.describe(primaryAddress);
  const namesakeId = await brokers.findByName(input.replicaRegion, input.replicaName);
  const namesake =
    namesakeId === undefined
      ? undefined
      : await brokers.describe({ region: input.replicaRegion, brokerId: namesakeId });
  const consoleUser = await readCredentials(input.consoleUserSecretArn);
  const replicationUser = await readCredentials(input.replicationUserSecretArn);
  const applicationUsers: EligibilityFacts['applicationUsers'][number][] = [];
  for (const secretArn of input.applicationUserSecretArns) applicationUsers.push(await readCredentials(secretArn));
  const replicationUserOnPrimary = await brokers
    .describeUser(primaryAddress, replicationUser.username)
    .catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
  return {
    input,
    primary,
    namesake,
    namesakeIsOurs: intent?.decision === replicaDecision(input) && intent.settledAs !== 'rejected',
    consoleUser,
    replicationUser,
    applicationUsers,
    replicationUserOnPrimary,
  };
};
