import type { EndpointState } from '../brokers/broker-endpoints.ts';
import { type IntentEnd, isOpen } from '../control/intent.ts';
import type { Assessment } from '../runtime/finding.ts';
import { assessSwitchover, otherPromotionTookEffect, type SwitchoverFacts } from './switchover-gates.ts';

/**
 * What a switchover has to do next: `done` the target is the primary already · `observe` an earlier request is under
 * way · `wait` an unconfirmed request is too young to be judged · `issue` ask for the promotion · `refused` · `unsafe`
 * both brokers call themselves primary and no exchange is under way.
 */
export type SwitchoverStep =
  | { readonly step: 'done' | 'observe' | 'wait' }
  | { readonly step: 'unsafe' }
  | {
      readonly step: 'issue';
      /** What observation says about an open intent, which is closed before the next one is opened. */
      readonly settleOpenAs: IntentEnd | undefined;
      readonly warnings: Assessment['warnings'];
    }
  | ({ readonly step: 'refused' } & Assessment);

/**
 * How long after an unconfirmed request a primary that still takes clients counts as not demoting. It closes within
 * milliseconds of a switchover's start (docs/amazon-mq.md 13, row 13); half a minute leaves room for a slow answer.
 */
export const promotionSettleMs = 30_000;

/**
 * Decides the next step from what both brokers, the intent record and the primary's endpoints say.
 *
 * @param counterpartClients only `accepts` shows that no switchover has begun
 */
export const decideSwitchover = (facts: SwitchoverFacts, counterpartClients: EndpointState): SwitchoverStep => {
  const { target, counterpart, intent, nowMs } = facts;
  const here = facts.runningRegion === facts.targetRegion;
  const targetIsPrimary = target.known && target.broker.role === 'primary';
  const bothPrimary = targetIsPrimary && counterpart.known && counterpart.broker.role === 'primary';
  if (here && targetIsPrimary && !bothPrimary) return { step: 'done' };

  // The target need not be readable: a request under way is no less under way while its effect cannot be seen.
  const ours = here && isOpen(intent) && intent.subject === facts.targetBrokerId;
  if (bothPrimary) return { step: ours ? 'observe' : 'unsafe' };
  if (!ours) {
    const { blockers, warnings } = assessSwitchover(facts);
    return blockers.length > 0
      ? { step: 'refused', blockers, warnings }
      : { step: 'issue', settleOpenAs: otherPromotionTookEffect(facts) ? 'effective' : undefined, warnings };
  }
  if (intent.status === 'issued' || counterpartClients !== 'accepts') return { step: 'observe' };
  if (nowMs - intent.openedAtMs < promotionSettleMs) return { step: 'wait' };
  const { blockers, warnings } = assessSwitchover(facts);
  return blockers.length > 0
    ? { step: 'refused', blockers, warnings }
    : { step: 'issue', settleOpenAs: 'not-effective', warnings };
};
