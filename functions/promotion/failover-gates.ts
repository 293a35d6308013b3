import { type BrokerReading, servingStates } from '../brokers/broker-snapshot.ts';
import { type Heartbeat, saysServing, silenceMs } from '../control/heartbeat.ts';
import type { Assessment, Finding } from '../runtime/finding.ts';
import type { Reading } from '../runtime/reading.ts';
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
  /** What the other Region wrote about its broker. */
  readonly primaryHeartbeat: Reading<Heartbeat | undefined>;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
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

const lossMessage = (loss: PredictedLoss): string => {
  if (!loss.known) return `it is unknown how much will be left behind: ${loss.reason}`;
  const { events, ageSeconds, current } = loss;
  return current
    ? `up to ${events} replication events will be left behind, measured ${ageSeconds} s ago`
    : `${events} replication events had not crossed when that was last known, ${ageSeconds} s ago; what came since is left behind as well`;
};

const lossWarning = (loss: PredictedLoss): Finding => ({
  code: loss.known ? 'PREDICTED_LOSS' : 'LOSS_UNKNOWN',
  message: lossMessage(loss),
  evidence: { ...loss },
});

/** What a person who fails over must know, although it stops nobody: the other side says that it is well. */
const servingWarnings = ({ primaryHeartbeat, otherRegion, nowMs }: FailoverFacts): Finding[] => {
  if (!primaryHeartbeat.known || primaryHeartbeat.value === undefined) return [];
  const { value } = primaryHeartbeat;
  const ageSeconds = Math.round((nowMs - value.atMs) / 1_000);
  if (nowMs - value.atMs > silenceMs || !saysServing(value)) return [];
  const { role, state, endpoint } = value;
  return [
    {
      code: 'PRIMARY_SERVES',
      message: `${otherRegion} said ${ageSeconds} s ago that its broker is ${role}, ${state}, and its endpoint ${endpoint}: both may serve after this failover`,
      evidence: { ageSeconds, role, state, endpoint },
    },
  ];
};

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
  warnings: [lossWarning(facts.predictedLoss), ...servingWarnings(facts)],
});
