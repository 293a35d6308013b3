import type { WriteOutcome } from '../aws/write-outcome.ts';
import type { NamedBroker } from '../brokers/broker-address.ts';
import { dueUnless, guardedWrite, type WriteResult, type WriteStep } from '../control/guarded-write.ts';
import { type Intent, isOpen } from '../control/intent.ts';
import {
  type IntendedWrite,
  intentJournal,
  type PairWritePorts,
  settleMs,
  showsWithinMs,
} from '../control/intent-journal.ts';
import { UnexpectedAnswer } from '../runtime/errors.ts';
import { assessEligibility, type EligibilityFacts, existingReplica } from './eligibility.ts';
import { type EligibilityPorts, gatherEligibilityFacts } from './eligibility-facts.ts';
import {
  type CreateReplicaInput,
  type ReplicaRequest,
  replicaDecision,
  replicaRequest,
  withoutPasswords,
} from './replica-request.ts';

/** What creating a replica writes to, in addition to what it reads. */
export type CreationPorts = EligibilityPorts &
  PairWritePorts & {
    readonly brokers: {
      create(
        region: string,
        request: ReplicaRequest,
      ): Promise<WriteOutcome<{ readonly BrokerId?: string | undefined }>>;
    };
  };

/** The replica's address, and how the run came by it. */
interface Creation {
  readonly outcome: 'created' | 'exists';
  readonly replica: NamedBroker;
}

/** Whether the replica is there, must not be created, or is still to be. */
const decideCreation = (
  input: CreateReplicaInput,
  facts: EligibilityFacts,
  newest: Intent | undefined,
): WriteStep<Creation, IntendedWrite & { request: ReplicaRequest }> => {
  const existing = existingReplica(facts);
  if (existing !== undefined) {
    const replica = { region: input.replicaRegion, brokerId: existing.brokerId, brokerName: input.replicaName };
    const result: Creation = { outcome: 'exists', replica };
    // A dry run goes on from a replica that is there: the reboot is left to plan.
    return { step: 'done', result, openEnded: 'effective', inDryRun: result };
  }
  const { region, brokerId } = input.primaryBrokerArn;
  const decision = replicaDecision(input);
  const request = replicaRequest(input, facts.primary, {
    console: facts.consoleUser,
    replication: facts.replicationUser,
    applications: facts.applicationUsers,
  });
  return dueUnless(assessEligibility(facts), {
    write: { subject: input.replicaName, decision, request },
    plannedWrites: [
      { service: 'mq', operation: 'CreateBroker', region: input.replicaRegion, request: withoutPasswords(request) },
      { service: 'mq', operation: 'RebootBroker', region, request: { BrokerId: brokerId } },
    ],
    // Of this decision and without a broker to be seen it is repeated at once: the token makes that harmless.
    openEnded: isOpen(newest) && newest.decision === decision ? 'not-effective' : undefined,
  });
};

/**
 * Creates the replica unless this decision has one already. The next attempt after a lost answer finds the broker by its
 * name, and the request's idempotency token keeps a repetition from making a second one.
 *
 * @throws UnexpectedAnswer when the service names no broker, and as `guardedWrite`
 */
export const createReplicaBroker = (
  input: CreateReplicaInput,
  executionArn: string,
  ports: CreationPorts,
): Promise<WriteResult<Creation>> => {
  const { pair, replicaRegion: region, replicaName: brokerName, dryRun } = input;
  return guardedWrite({
    name: `CreateBroker "${brokerName}" for ${pair}`,
    dryRun,
    ports,
    journal: intentJournal(ports, { pair, operation: 'CreateBroker', executionArn, verb: 'create-replica' }),
    settleMs,
    showsWithinMs,
    decide: async (newest) => decideCreation(input, await gatherEligibilityFacts(input, newest, ports), newest),
    call: ({ request }) => ports.brokers.create(region, request),
    written: ({ BrokerId: brokerId }): Creation => {
      if (brokerId !== undefined) return { outcome: 'created', replica: { region, brokerId, brokerName } };
      throw new UnexpectedAnswer(`CreateBroker "${brokerName}" in ${region} named no broker id`, {
        region,
        brokerName,
      });
    },
  });
};
