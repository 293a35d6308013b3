import type { LagVerdict } from '../brokers/lag-verdict.ts';
import type { GuardReading } from '../control/guards.ts';
import type { Finding } from '../runtime/finding.ts';
import type { SwitchoverStep } from './switchover-step.ts';

/** What is known when a failback is asked for, in addition to what a switchover asks. */
export interface FailbackFacts {
  readonly runningRegion: string;
  readonly guards: GuardReading;
  readonly verdict: LagVerdict;
  /** What a switchover to this Region would do now. */
  readonly step: SwitchoverStep['step'];
}

const epochFindings = ({ guards, runningRegion, step }: FailbackFacts): readonly Finding[] => {
  // A table that cannot be read is the guards' own finding.
  if (!guards.known) return [];
  const { epoch } = guards;
  if (epoch === undefined) {
    const message = 'no promotion of the pair is recorded, so there is nothing to fail back from; use switchover';
    return [{ code: 'NOT_FAILED_OVER', message, evidence: {} }];
  }
  const evidence = { epoch: epoch.number, mode: epoch.mode, primaryRegion: epoch.primaryRegion };
  // A failback whose run died after the exchange has recorded it already, and goes on with what follows.
  if (epoch.primaryRegion === runningRegion) {
    return step === 'done' && epoch.mode === 'SWITCHOVER'
      ? []
      : [
          {
            code: 'PRIMARY_IS_HERE',
            message: `the newest promotion made ${runningRegion} the primary: start a failback in the Region to go back to`,
            evidence,
          },
        ];
  }
  return epoch.mode === 'FAILOVER'
    ? []
    : [
        {
          code: 'NOT_FAILED_OVER',
          message: `the newest promotion was a switchover to ${epoch.primaryRegion}: nothing was left behind; use switchover to go back`,
          evidence,
        },
      ];
};

const replicationFindings = ({ verdict, step }: FailbackFacts): readonly Finding[] =>
  step !== 'issue' || verdict === 'steady' || verdict === 'draining'
    ? []
    : [
        {
          code: 'REVERSE_NOT_HEALTHY',
          message: `replication to the original primary is ${verdict}: wait until it is steady; a failback is not urgent`,
          evidence: { verdict },
        },
      ];

/**
 * That both brokers call themselves primary, as a reason to wait: right after an outage the original primary has not
 * learned yet that the other one was promoted. Undefined where no recorded failover explains it.
 */
export const notYetReplica = (guards: GuardReading, runningRegion: string): Finding | undefined => {
  if (!guards.known || guards.epoch?.mode !== 'FAILOVER' || guards.epoch.primaryRegion === runningRegion)
    return undefined;
  const { number, primaryRegion } = guards.epoch;
  return {
    code: 'STILL_PRIMARY',
    message: `the original primary still reports that it is primary although ${primaryRegion} was promoted: wait until it is a replica`,
    evidence: { epoch: number, primaryRegion },
  };
};

/**
 * What speaks against going back now, in addition to what speaks against any switchover: the pair has not failed over,
 * or the original primary is not yet a healthy replica.
 */
export const assessFailback = (facts: FailbackFacts): readonly Finding[] => [
  ...epochFindings(facts),
  ...replicationFindings(facts),
];
