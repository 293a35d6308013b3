import type { PairConfig } from '../config/pair-config.ts';
import type { ApprovalState } from '../control/approval.ts';
import type { AutomationStopKind } from '../control/automation-stop.ts';
import type { PredictedLoss } from './predicted-loss.ts';
import type { SwitchoverProgress } from './switchover-progress.ts';

/** What follows on a poll: settle the exchange, wait, ask a person, fail over, or page and end. */
export type SwitchoverAction = 'settle' | 'wait' | 'ask' | 'escalate' | 'give-up';

export interface EscalationFacts {
  readonly phase: Exclude<SwitchoverProgress['phase'], 'unsafe'>;
  readonly policy: PairConfig['escalation'];
  readonly predictedLoss: PredictedLoss;
  /** The answer to the question that this run has asked; `none` before it has. */
  readonly approval: ApprovalState | 'none';
}

/** Next action and why, for the journal and the page. */
export interface Escalation {
  readonly action: SwitchoverAction;
  readonly because: string;
  /** Whose no it was when the run gives up: that stops automatic runs until a person acts. */
  readonly refusedBy?: AutomationStopKind;
}

const fitsBudget = (loss: PredictedLoss, budgetEvents: number | undefined): boolean =>
  loss.known && loss.current && budgetEvents !== undefined && loss.events <= budgetEvents;

const describeLoss = (loss: PredictedLoss): string =>
  loss.known
    ? `${loss.events} events, ${loss.current ? '' : 'last known '}${loss.ageSeconds} s ago`
    : `unknown (${loss.reason})`;

/**
 * Decides what happens to a switchover that is being polled. It cannot be cancelled and may leave both brokers closed,
 * so a stall ends in a failover or in a page, never in silence. docs/amazon-mq.md 13, row 8.
 */
export const decideEscalation = ({ phase, policy, predictedLoss, approval }: EscalationFacts): Escalation => {
  if (phase === 'exchanged') return { action: 'settle', because: 'the roles are exchanged' };
  if (phase === 'waiting') return { action: 'wait', because: 'it is making progress' };
  if (policy.mode === 'never') {
    return { action: 'give-up', because: 'the policy of the pair never escalates', refusedBy: 'never' };
  }
  const overBudget = policy.mode === 'auto' && !fitsBudget(predictedLoss, policy.lossBudgetEvents);
  switch (approval) {
    case 'approved':
      return { action: 'escalate', because: 'the failover was approved' };
    case 'denied':
      return { action: 'give-up', because: 'the failover was denied', refusedBy: 'denied' };
    case 'expired':
      return {
        action: 'give-up',
        because: 'nobody approved the failover in time',
        refusedBy: overBudget ? 'loss-budget' : 'expired',
      };
    case 'open':
      return { action: 'wait', because: 'the approval of a failover is pending' };
    case 'none':
      break;
  }
  if (policy.mode === 'auto' && !overBudget) {
    return { action: 'escalate', because: `the predicted loss fits the budget: ${describeLoss(predictedLoss)}` };
  }
  const because =
    policy.mode === 'auto' ? 'the predicted loss does not fit the budget' : 'the pair requires an approval';
  return { action: 'ask', because: `${because}: ${describeLoss(predictedLoss)}` };
};
