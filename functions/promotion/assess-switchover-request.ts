import type { ProbeEndpoints } from '../brokers/broker-endpoints.ts';
import { judgeReplication, type LagJudgement } from '../brokers/lag-verdict.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { type Intent, type IntentReader, isOpen } from '../control/intent.ts';
import { UnsafeTopology } from '../runtime/errors.ts';
import { type PairReading, type PairReadPorts, readPair } from './read-pair.ts';
import type { SwitchoverInput } from './switchover-input.ts';
import { decideSwitchover, type SwitchoverStep } from './switchover-step.ts';

/** What deciding about a switchover reads. */
export interface SwitchoverPorts extends PairReadPorts {
  readonly control: PairReadPorts['control'] & IntentReader;
  readonly probe: ProbeEndpoints;
}

/** The next step with what it was decided from. */
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
export const assessSwitchoverRequest = async (
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
