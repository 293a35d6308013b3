import type { WriteOutcome } from '../aws/write-outcome.ts';
import type { BrokerAddress } from '../brokers/broker-address.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { guardedWrite, type WriteResult, type WriteStep } from '../control/guarded-write.ts';
import { type Intent, isOpen } from '../control/intent.ts';
import { type IntendedWrite, intentJournal, type PairWritePorts, showsWithinMs } from '../control/intent-journal.ts';
import { assessSwitchoverRequest, type SwitchoverDecision, type SwitchoverPorts } from './assess-switchover-request.ts';
import type { PairReading } from './read-pair.ts';
import type { SwitchoverInput } from './switchover-input.ts';

/** What asking for a switchover also writes. */
export type PromotePorts = SwitchoverPorts &
  PairWritePorts & { readonly brokers: { promote(address: BrokerAddress, mode: 'SWITCHOVER'): Promise<WriteOutcome> } };

/** How the request went. */
export type PromotionRequest =
  | { readonly outcome: 'requested' | 'under-way'; readonly requestedAtMs: number }
  | {
      readonly outcome: 'already-primary';
      readonly requestedAtMs: number;
      /** How it became the primary: by the open promotion, which may be the failover that an earlier run escalated to. */
      readonly mode: 'SWITCHOVER' | 'FAILOVER';
    };

/** The promotion, as its intent and its call need it. */
interface SwitchoverWrite extends IntendedWrite {
  readonly target: BrokerAddress;
  /** When the pair was read, in milliseconds since the Unix epoch. */
  readonly readAtMs: number;
}

/** The mode of the open promotion to the target; a switchover where none is open. */
const modeOf = (newest: Intent | undefined, { target }: PairReading): 'SWITCHOVER' | 'FAILOVER' =>
  isOpen(newest) && newest.subject === target.brokerId ? (newest.mode ?? 'SWITCHOVER') : 'SWITCHOVER';

const writeStep = (
  { reading, decided }: SwitchoverDecision,
  newest: Intent | undefined,
): WriteStep<PromotionRequest, SwitchoverWrite> => {
  const { target, observation } = reading;
  const requestedAtMs = newest?.openedAtMs ?? observation.atMs;
  switch (decided.step) {
    case 'done':
      return { step: 'done', result: { outcome: 'already-primary', requestedAtMs, mode: modeOf(newest, reading) } };
    case 'observe':
      return { step: 'done', result: { outcome: 'under-way', requestedAtMs } };
    case 'wait':
      return { step: 'wait', because: `${target.brokerId} was asked to take over, which cannot be seen yet` };
    case 'refused':
      return decided;
    case 'issue': {
      const request = { BrokerId: target.brokerId, Mode: 'SWITCHOVER' };
      return {
        step: 'write',
        warnings: decided.warnings,
        openEnded: decided.settleOpenAs,
        plannedWrites: [{ service: 'mq', operation: 'Promote', region: target.region, request }],
        write: { subject: target.brokerId, mode: 'SWITCHOVER', target, readAtMs: observation.atMs },
      };
    }
  }
};

/**
 * Asks the target to take over, at most once for one decision: an earlier request is recognised by its intent, and an
 * unconfirmed one is settled by observation first.
 *
 * @throws as `guardedWrite` and `assessSwitchoverRequest`
 */
export const promoteReplica = (
  input: SwitchoverInput,
  pair: PairConfig,
  run: { readonly executionArn: string; readonly region: string },
  ports: PromotePorts,
): Promise<WriteResult<PromotionRequest>> => {
  const { executionArn } = run;
  return guardedWrite({
    name: `Promote SWITCHOVER for ${pair.name}`,
    dryRun: input.dryRun,
    ports,
    journal: intentJournal(ports, { pair: pair.name, operation: 'Promote', executionArn, verb: 'switchover' }),
    decide: async (newest) => writeStep(await assessSwitchoverRequest(input, pair, run.region, newest, ports), newest),
    showsWithinMs,
    call: ({ target }) => ports.brokers.promote(target, 'SWITCHOVER'),
    written: (_answer, { readAtMs }): PromotionRequest => ({ outcome: 'requested', requestedAtMs: readAtMs }),
  });
};
