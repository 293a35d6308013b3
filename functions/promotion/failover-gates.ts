import { type BrokerReading, servingStates } from '../brokers/broker-snapshot.ts';
import type { Assessment, Finding } from '../runtime/finding.ts';
import type { PredictedLoss } from './predicted-loss.ts';

/** What is known when a failover is asked for; nothing of it comes from the lost Region. */
export interface FailoverFacts {
  readonly acceptDataLoss: boolean;
  readonly runningRegion: string;
  /** The other broker's Region, where the failover belongs if this Region holds the primary. */
  readonly otherRegion: string;
  /** The broker of the Region that the workflow runs in. */
  readonly target: BrokerReading;
  readonly predictedLoss: PredictedLoss;
}

const targetFindings = ({ target, runningRegion, otherRegion }: FailoverFacts): Finding[] => {
  if (!target.known) {
    const message = `the broker of ${runningRegion} cannot be read, so it is unknown whether it is the replica: ${target.reason}`;
    return [{ code: 'TARGET_UNREADABLE', message, evidence: { reason: target.reason } }];
  }
  const { brokerId, role, roleText, state, actionsRequired } = target.broker;
  const findings: Finding[] = [];
  if (role === 'primary') {
    findings.push({
      code: 'WRONG_REGION',
      message: `the broker of ${runningRegion} is already the primary, so there is nothing to take over here; to make ${otherRegion} the primary, start it in ${otherRegion}`,
      evidence: { brokerId, role: roleText },
    });
  } else if (role !== 'replica') {
    findings.push({
      code: role === 'unknown' ? 'ROLE_UNKNOWN' : 'TARGET_NOT_REPLICA',
      message: `the broker ${brokerId} must be the replica, but it reports ${roleText ?? 'no role'}`,
      evidence: { brokerId, role: roleText },
    });
  }
  if (!servingStates.includes(state)) {
    findings.push({
      code: 'TARGET_NOT_RUNNING',
      message: `the broker ${brokerId} is ${state}`,
      evidence: { brokerId, state },
    });
  }
  if (actionsRequired.length > 0) {
    findings.push({
      code: 'ACTION_REQUIRED',
      message: `the service requires action on ${brokerId} first: ${actionsRequired.join(', ')}`,
      evidence: { brokerId, actionsRequired },
    });
  }
  return findings;
};

const lossWarning = (loss: PredictedLoss): Finding => ({
  code: loss.known ? 'PREDICTED_LOSS' : 'LOSS_UNKNOWN',
  message: loss.known
    ? `up to ${loss.events} replication events will be left behind, measured ${loss.ageSeconds} s ago`
    : `it is unknown how much will be left behind: ${loss.reason}`,
  evidence: { ...loss },
});

/** Whether a failover may be asked for now: every blocker and every warning at once. */
export const assessFailover = (facts: FailoverFacts): Assessment => ({
  blockers: [
    ...targetFindings(facts),
    ...(facts.acceptDataLoss
      ? []
      : [
          {
            code: 'DATA_LOSS_NOT_ACCEPTED',
            message: 'a failover leaves behind whatever has not been replicated: set "acceptDataLoss": true',
            evidence: {},
          },
        ]),
  ],
  warnings: [lossWarning(facts.predictedLoss)],
});
