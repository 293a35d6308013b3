import type { BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import type { Intent, IntentOperation } from '../control/intent.ts';
import { NotFound } from '../runtime/errors.ts';
import type { EligibilityFacts } from './eligibility.ts';
import { type CreateReplicaInput, replicaDecision } from './replica-request.ts';

interface Address {
  readonly region: string;
  readonly brokerId: string;
}

/** What gathering the facts reads; `shared/adapters` has the real ones. */
export interface EligibilityPorts {
  readonly brokers: {
    describe(address: Address): Promise<BrokerSnapshot>;
    findByName(region: string, brokerName: string): Promise<string | undefined>;
    describeUser(
      address: Address,
      username: string,
    ): Promise<{ readonly replicationUser: boolean; readonly consoleAccess: boolean }>;
  };
  readonly control: { readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined> };
  readonly readCredentials: (secretArn: string) => Promise<{ readonly username: string; readonly password: string }>;
}

/** Reads everything that the eligibility of a replica depends on. Errors of the ports pass through. */
export const gatherEligibilityFacts = async (
  input: CreateReplicaInput,
  { brokers, control, readCredentials }: EligibilityPorts,
): Promise<EligibilityFacts & { readonly intent: Intent | undefined }> => {
  const primaryAddress = { region: input.primaryBrokerArn.region, brokerId: input.primaryBrokerArn.brokerId };
  const primary = await brokers.describe(primaryAddress);
  const namesakeId = await brokers.findByName(input.replicaRegion, input.replicaName);
  const namesake =
    namesakeId === undefined
      ? undefined
      : await brokers.describe({ region: input.replicaRegion, brokerId: namesakeId });
  const intent = await control.readIntent(input.pair, 'CreateBroker');
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
    intent,
  };
};
