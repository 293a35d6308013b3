import type { WriteOutcome } from '../aws/write-outcome.ts';
import type { BrokerAddress } from '../brokers/broker-address.ts';
import { judgeReplication, type LagJudgement } from '../brokers/lag-verdict.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { guardedWrite, type WriteResult, type WriteStep } from '../control/guarded-write.ts';
import { type Intent, type IntentReader, isOpen } from '../control/intent.ts';
import { type IntendedWrite, intentJournal, type PairWritePorts } from '../control/intent-journal.ts';
import { UnsafeTopology } from '../runtime/errors.ts';
import { type PairReading, type PairReadPorts, readPair } from './read-pair.ts';
import type { SwitchoverInput } from './switchover-input.ts';
import { type CounterpartClients, decideSwitchover, type SwitchoverStep } from './switchover-step.ts';

/** What deciding about a switchover reads. */
export interface SwitchoverPorts extends PairReadPorts {
  readonly control: PairReadPorts['control'] & IntentReader;
  /** Whether clients can connect to the broker. */
  readonly probe: (broker: { readonly amqpEndpoints: readonly string[] }) => Promise<CounterpartClients>;
}

/** What asking for one also writes. */
export type RequestPorts = SwitchoverPorts &
  PairWritePorts & { readonly brokers: { promote(address: BrokerAddress, mode: 'SWITCHOVER'): Promise<WriteOutcome> } };

export interface SwitchoverDecision {
  readonly reading: PairReading;
  readonly judgement: LagJudgement;
  readonly decided: Exclude<SwitchoverStep, { readonly step: 'unsafe' }>;
}

/**
 * Reads the pair and decides the next step; writes nothing.
 *
 * @param intent the pair's newest promotion, read before
 * @throws UnsafeTopology when both brokers call themselves primary and no exchange is under way; errors of `readPair`
 */
export const assessRequest = async (
  input: SwitchoverInput,
  pair: PairConfig,
  runningRegion: string,
  intent: Intent | undefined,
  ports: SwitchoverPorts,
): Promise<SwitchoverDecision> => {
  const reading = await readPair(pair, input.targetRegion, ports);
  const { observation } = reading;
  const judgement = judgeReplication(observation);
  // Only an unconfirmed request needs to know whether the old primary still takes clients.
  const clients =
    isOpen(intent) && intent.status === 'issuing' && observation.counterpart.known
      ? await ports.probe(observation.counterpart.broker)
      : 'none';
  const decided = decideSwitchover(
    {
      targetRegion: input.targetRegion,
      runningRegion,
      targetBrokerId: reading.target.brokerId,
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
      `both brokers of ${pair.name} report that they are primary: find out which one clients use before you promote anything`,
      { evidence: judgement.evidence },
    );
  }
  return { reading, judgement, decided };
};

/** How the request went. */
export type SwitchoverRequest =
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
): WriteStep<SwitchoverRequest, SwitchoverWrite> => {
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
 * @throws as `guardedWrite` and `assessRequest`
 */
export const requestSwitchover = (
  input: SwitchoverInput,
  pair: PairConfig,
  run: { readonly executionArn: string; readonly region: string },
  ports: RequestPorts,
): Promise<WriteResult<SwitchoverRequest>> => {
  const { executionArn } = run;
  return guardedWrite({
    name: `Promote SWITCHOVER for ${pair.name}`,
    dryRun: input.dryRun,
    ports,
    journal: intentJournal(ports, { pair: pair.name, operation: 'Promote', executionArn, verb: 'switchover' }),
    decide: async (newest) => writeStep(await assessRequest(input, pair, run.region, newest, ports), newest),
    call: ({ target }) => ports.brokers.promote(target, 'SWITCHOVER'),
    written: (_answer, { readAtMs }): SwitchoverRequest => ({ outcome: 'requested', requestedAtMs: readAtMs }),
  });
};
