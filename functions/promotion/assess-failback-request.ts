import type { LagJudgement } from '../brokers/lag-verdict.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { GuardReading } from '../control/guards.ts';
import { UnsafeTopology } from '../runtime/errors.ts';
import type { Assessment, Finding, PlannedWrite } from '../runtime/finding.ts';
import { assessSwitchoverRequest, type SwitchoverDecision, type SwitchoverPorts } from './assess-switchover-request.ts';
import { assessFailback, notYetReplica } from './failback-gates.ts';
import type { FailbackInput } from './failback-input.ts';
import type { SwitchoverStep } from './switchover-step.ts';

/** What judging a request for a failback reads. */
export interface FailbackPorts extends SwitchoverPorts {
  readonly readGuards: () => Promise<GuardReading>;
  readonly assessGuards: () => Promise<Assessment>;
}

/** Whether a failback goes on. */
export interface FailbackRequest extends Assessment {
  readonly verdict: 'refused' | 'proceed';
  readonly plannedWrites: readonly PlannedWrite[];
  /** What a switchover to this Region would do now, and why; undefined while both brokers call themselves primary. */
  readonly step: SwitchoverStep['step'] | undefined;
  readonly judgement: LagJudgement | undefined;
}

/**
 * Whether the pair may go back to the broker of this Region now: what a switchover asks, and what a failback asks in
 * addition. Reads only.
 *
 * @throws as `assessSwitchoverRequest`; an original primary that has not learned of the failover yet is a reason instead
 */
export const assessFailbackRequest = async (
  input: FailbackInput,
  pair: PairConfig,
  region: string,
  ports: FailbackPorts,
): Promise<FailbackRequest> => {
  const guards = await ports.readGuards();
  const assessed = await ports.assessGuards();
  const decision = await decide(input, pair, region, ports, guards);
  if ('code' in decision) {
    const blockers = [decision, ...assessed.blockers];
    const { warnings } = assessed;
    return { verdict: 'refused', blockers, warnings, plannedWrites: [], step: undefined, judgement: undefined };
  }
  const { reading, judgement, decided } = decision;
  const gates = { blockers: [], warnings: [], ...decided };
  const own = assessFailback({ runningRegion: region, guards, verdict: judgement.verdict, step: decided.step });
  const blockers = [...own, ...gates.blockers, ...assessed.blockers];
  const request = { BrokerId: reading.target.brokerId, Mode: 'SWITCHOVER' };
  return {
    verdict: blockers.length > 0 ? 'refused' : 'proceed',
    blockers,
    warnings: [...gates.warnings, ...assessed.warnings],
    // An exchange that is under way or complete is not asked for again.
    plannedWrites: decided.step === 'issue' ? [{ service: 'mq', operation: 'Promote', region, request }] : [],
    step: decided.step,
    judgement,
  };
};

const decide = async (
  input: FailbackInput,
  pair: PairConfig,
  region: string,
  ports: FailbackPorts,
  guards: GuardReading,
): Promise<SwitchoverDecision | Finding> => {
  try {
    const intent = await ports.control.readIntent(pair.name, 'Promote');
    return await assessSwitchoverRequest({ ...input, targetRegion: region }, pair, region, intent, ports);
  } catch (error) {
    const waiting = error instanceof UnsafeTopology ? notYetReplica(guards, region) : undefined;
    if (waiting === undefined) throw error;
    return waiting;
  }
};
