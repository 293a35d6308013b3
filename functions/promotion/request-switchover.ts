import { judgeReplication, type LagJudgement } from '../brokers/lag-verdict.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { decisionId } from '../control/decision-id.ts';
import { type Intent, type IntentOperation, isOpen } from '../control/intent.ts';
import { type IntentRecords, issueWrite, type LastLook } from '../control/issue-write.ts';
import { OutcomeUnknown, UnsafeTopology } from '../runtime/errors.ts';
import type { Assessment, PlannedWrite } from '../runtime/finding.ts';
import { type LookPorts, lookAtPair, type PairLook } from './look-at-pair.ts';
import type { SwitchoverInput } from './switchover-input.ts';
import { type CounterpartClients, decideSwitchover, type SwitchoverStep } from './switchover-step.ts';

/** What deciding about a switchover reads. */
export interface SwitchoverPorts extends LookPorts {
  readonly control: LookPorts['control'] & {
    readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined>;
  };
  /** Whether clients can connect to the broker. */
  readonly probe: (broker: { readonly amqpEndpoints: readonly string[] }) => Promise<CounterpartClients>;
}

/** What asking for one also writes. */
export interface RequestPorts extends SwitchoverPorts {
  readonly brokers: LookPorts['brokers'] & {
    promote(
      address: { readonly region: string; readonly brokerId: string },
      mode: 'SWITCHOVER',
    ): Promise<
      { readonly outcome: 'done'; readonly answer: unknown } | { readonly outcome: 'unknown'; readonly reason: string }
    >;
  };
  readonly control: SwitchoverPorts['control'] & IntentRecords;
  readonly lastLook: LastLook;
}

export interface SwitchoverDecision {
  readonly look: PairLook;
  readonly judgement: LagJudgement;
  readonly intent: Intent | undefined;
  readonly decided: Exclude<SwitchoverStep, { readonly step: 'unsafe' }>;
}

/**
 * Looks at the pair and decides the next step; writes nothing.
 *
 * @throws UnsafeTopology when both brokers call themselves primary and no exchange is under way; errors of `lookAtPair`
 */
export const assessRequest = async (
  input: SwitchoverInput,
  pair: PairConfig,
  runningRegion: string,
  ports: SwitchoverPorts,
): Promise<SwitchoverDecision> => {
  const look = await lookAtPair(pair, input.targetRegion, ports);
  const { observation } = look;
  const judgement = judgeReplication(observation);
  const intent = await ports.control.readIntent(pair.name, 'Promote');
  // Only an unconfirmed request needs to know whether the old primary still takes clients.
  const clients =
    isOpen(intent) && intent.status === 'issuing' && observation.counterpart.known
      ? await ports.probe(observation.counterpart.broker)
      : 'none';
  const decided = decideSwitchover(
    {
      targetRegion: input.targetRegion,
      runningRegion,
      targetBrokerId: look.target.brokerId,
      target: observation.target,
      counterpart: observation.counterpart,
      replication: judgement,
      protectedWindows: pair.protectedWindows,
      intent,
      nowMs: observation.atMs,
    },
    clients,
  );
  if (decided.step === 'unsafe') {
    throw new UnsafeTopology(
      `both brokers of ${pair.name} call themselves primary: find out which one clients use before anything is promoted`,
      { evidence: judgement.evidence },
    );
  }
  return { look, judgement, intent, decided };
};

/** What became of the request. */
export type RequestResult =
  | { readonly outcome: 'requested' | 'under-way'; readonly requestedAtMs: number }
  | {
      readonly outcome: 'already-primary';
      readonly requestedAtMs: number;
      /** How it became the primary: by the open promotion, which may be the failover that an earlier run escalated to. */
      readonly mode: 'SWITCHOVER' | 'FAILOVER';
    }
  | { readonly outcome: 'dry-run'; readonly plannedWrites: readonly PlannedWrite[] }
  | ({ readonly outcome: 'refused' } & Assessment);

/** The mode of the open promotion to the target; a switchover where none is open. */
const modeOf = (newest: Intent | undefined, { target }: PairLook): 'SWITCHOVER' | 'FAILOVER' =>
  isOpen(newest) && newest.subject === target.brokerId ? (newest.mode ?? 'SWITCHOVER') : 'SWITCHOVER';

/**
 * Asks the target to take over, at most once for one decision: everything is read and judged again right before, an
 * earlier request is recognised by its intent, and an unconfirmed one is settled by observation first.
 *
 * @throws OutcomeUnknown while an unconfirmed request is too young to be judged, and as `issueWrite` and `assessRequest`
 */
export const requestSwitchover = async (
  input: SwitchoverInput,
  pair: PairConfig,
  run: { readonly executionArn: string; readonly region: string },
  ports: RequestPorts,
): Promise<RequestResult> => {
  const { look, intent: newest, decided } = await assessRequest(input, pair, run.region, ports);
  const nowMs = look.observation.atMs;
  // Neither of the two would write to a broker; a dry run does not go on to watch and settle either.
  if (input.dryRun && (decided.step === 'done' || decided.step === 'observe')) {
    return { outcome: 'dry-run', plannedWrites: [] };
  }
  switch (decided.step) {
    case 'refused':
      return { outcome: 'refused', blockers: decided.blockers, warnings: decided.warnings };
    case 'done':
      return { outcome: 'already-primary', requestedAtMs: newest?.openedAtMs ?? nowMs, mode: modeOf(newest, look) };
    case 'observe':
      return { outcome: 'under-way', requestedAtMs: newest?.openedAtMs ?? nowMs };
    case 'wait':
      throw new OutcomeUnknown(
        `a promotion of ${look.target.brokerId} was requested and cannot be seen yet; looking again`,
        {
          openedAtMs: newest?.openedAtMs,
        },
      );
    case 'issue':
      break;
  }
  const lateBlockers = await ports.lastLook();
  if (lateBlockers.length > 0) return { outcome: 'refused', blockers: lateBlockers, warnings: decided.warnings };
  if (input.dryRun) {
    const request = { BrokerId: look.target.brokerId, Mode: 'SWITCHOVER' };
    const planned = { service: 'mq', operation: 'Promote', region: look.target.region, request };
    return { outcome: 'dry-run', plannedWrites: [planned] };
  }
  if (decided.settleOpenAs !== undefined && isOpen(newest)) {
    await ports.control.settleIntent(newest, decided.settleOpenAs);
  }
  const sequence = (newest?.sequence ?? 0) + 1;
  const intent: Intent = {
    pair: pair.name,
    operation: 'Promote',
    mode: 'SWITCHOVER',
    sequence,
    decision: decisionId('switchover', pair.name, look.target.brokerId, String(sequence)),
    subject: look.target.brokerId,
    status: 'issuing',
    executionArn: run.executionArn,
    openedAtMs: nowMs,
  };
  await issueWrite(intent, ports.control, () => ports.brokers.promote(look.target, 'SWITCHOVER'));
  return { outcome: 'requested', requestedAtMs: nowMs };
};
