import { type Intent, isOpen } from '../control/intent.ts';
import { type IntentRecords, issueWrite, type LastLook } from '../control/issue-write.ts';
import { OutcomeUnknown, UnexpectedAnswer } from '../runtime/errors.ts';
import type { Assessment, PlannedWrite } from '../runtime/finding.ts';
import { assessEligibility, isOwnReplica } from './eligibility.ts';
import { type EligibilityPorts, gatherEligibilityFacts } from './eligibility-facts.ts';
import {
  type CreateReplicaInput,
  type ReplicaRequest,
  replicaDecision,
  replicaRequest,
  withoutPasswords,
} from './replica-request.ts';

/** What creating a replica writes to, beside what it reads. */
export interface CreationPorts extends EligibilityPorts {
  readonly brokers: EligibilityPorts['brokers'] & {
    create(
      region: string,
      request: ReplicaRequest,
    ): Promise<
      | { readonly outcome: 'done'; readonly answer: { readonly BrokerId?: string | undefined } }
      | { readonly outcome: 'unknown'; readonly reason: string }
    >;
  };
  readonly control: EligibilityPorts['control'] & IntentRecords;
  readonly lastLook: LastLook;
}

/** The replica's address, and how the run came by it. */
export type CreationStep =
  | {
      readonly outcome: 'created' | 'exists';
      readonly replica: { region: string; brokerId: string; brokerName: string };
    }
  | { readonly outcome: 'dry-run'; readonly plannedWrites: readonly PlannedWrite[] }
  | ({ readonly outcome: 'refused' } & Assessment);

/**
 * How long an unconfirmed creation under another decision counts as under way. The call takes 8 s at the worst and the
 * primary shows the pending pairing from then on; one minute leaves room for a stale read.
 */
export const creationSettleMs = 60_000;

/**
 * Creates the replica unless this decision has one already. The guard is repeated here, since minutes may have passed
 * since the assessment.
 *
 * @throws OutcomeUnknown when the call got no answer: the next attempt looks for the broker by its name, and the
 * request's idempotency token keeps a repetition from making a second one; also while another decision's request is too
 * young to be judged
 */
export const createReplicaBroker = async (
  input: CreateReplicaInput,
  run: { readonly executionArn: string; readonly nowMs: number },
  ports: CreationPorts,
): Promise<CreationStep> => {
  const facts = await gatherEligibilityFacts(input, ports);
  const { blockers, warnings } = assessEligibility(facts);
  if (blockers.length > 0) return { outcome: 'refused', blockers, warnings };

  const replica = { region: input.replicaRegion, brokerName: input.replicaName };
  if (facts.namesake !== undefined && isOwnReplica(facts)) {
    if (isOpen(facts.intent) && !input.dryRun) await ports.control.settleIntent(facts.intent, 'effective');
    return { outcome: 'exists', replica: { ...replica, brokerId: facts.namesake.brokerId } };
  }

  const request = replicaRequest(input, facts.primary, {
    console: facts.consoleUser,
    replication: facts.replicationUser,
    applications: facts.applicationUsers,
  });
  const lateBlockers = await ports.lastLook();
  if (lateBlockers.length > 0) return { outcome: 'refused', blockers: lateBlockers, warnings };
  if (input.dryRun) return { outcome: 'dry-run', plannedWrites: plannedWrites(input, request) };

  const { intent: newest } = facts;
  if (
    isOpen(newest) &&
    newest.decision !== replicaDecision(input) &&
    run.nowMs - newest.openedAtMs < creationSettleMs
  ) {
    throw new OutcomeUnknown(
      `replica "${newest.subject}" of ${input.pair} was requested by ${newest.executionArn} and cannot be seen yet; looking again`,
      { openedAtMs: newest.openedAtMs },
    );
  }
  // An open intent of this decision, without a broker to be seen, is repeated: the token makes that harmless.
  if (isOpen(newest)) await ports.control.settleIntent(newest, 'not-effective');
  const intent: Intent = {
    pair: input.pair,
    operation: 'CreateBroker',
    sequence: (newest?.sequence ?? 0) + 1,
    decision: replicaDecision(input),
    subject: input.replicaName,
    status: 'issuing',
    executionArn: run.executionArn,
    openedAtMs: run.nowMs,
  };
  const { BrokerId: brokerId } = await issueWrite(intent, ports.control, () =>
    ports.brokers.create(replica.region, request),
  );
  if (brokerId === undefined) {
    throw new UnexpectedAnswer(`CreateBroker "${input.replicaName}" in ${replica.region} named no broker id`, replica);
  }
  return { outcome: 'created', replica: { ...replica, brokerId } };
};

/** The writes that follow from an eligible input, in their order. */
const plannedWrites = (input: CreateReplicaInput, request: ReplicaRequest): readonly PlannedWrite[] => [
  { service: 'mq', operation: 'CreateBroker', region: input.replicaRegion, request: withoutPasswords(request) },
  {
    service: 'mq',
    operation: 'RebootBroker',
    region: input.primaryBrokerArn.region,
    request: { BrokerId: input.primaryBrokerArn.brokerId },
  },
];
