import type { BrokerRef } from '../config/broker-arn.ts';
import type { Fence } from '../control/fence.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import type { Reading } from '../runtime/reading.ts';
import { runbookLine } from '../runtime/runbook.ts';
import type { FenceOfPromoted } from './promoted-fence.ts';

/** A promotion that no run made, and what was read about the fences then. */
export interface OutsidePromotion {
  readonly pair: string;
  readonly caller: string;
  readonly calledAtMs: number;
  readonly promoted: BrokerRef;
  readonly fenceOfPromoted: FenceOfPromoted;
  readonly oldPrimary: BrokerRef;
  readonly fenceOfOldPrimary: Reading<Fence | undefined>;
}

const promotedLine = (brokerId: string, fence: FenceOfPromoted): string => {
  switch (fence) {
    case 'elsewhere':
      return `Whether ${brokerId} is fenced is for its own Region to say.`;
    case 'not-fenced':
      return `${brokerId} is not fenced: nothing of mq-dr keeps its clients away.`;
    case 'let-in':
      return `${brokerId} may have been fenced, and its hook has let the clients in.`;
    default:
      return fence.isFenced === 'yes'
        ? `${brokerId} IS FENCED, although it was promoted: ${fence.because}. Its Region's schedule keeps trying; let its clients in by hand.`
        : `It is unknown whether ${brokerId} is fenced: ${fence.because}. Check that clients reach it.`;
  }
};

const oldPrimaryLine = ({ brokerId, region }: BrokerRef, fence: Reading<Fence | undefined>): string => {
  if (!fence.known) return `It is unknown whether the old primary ${brokerId} is fenced: ${fence.reason}`;
  switch (fence.value?.status) {
    case 'carried-out':
      return `The old primary ${brokerId} in ${region} is fenced, since epoch ${fence.value.epoch}.`;
    case 'wanted':
      return `The old primary ${brokerId} in ${region} is to be fenced, since epoch ${fence.value.epoch}.`;
    default:
      return `The old primary ${brokerId} in ${region} is not fenced.`;
  }
};

/** The page about a promotion that no run made. It says what was read, not what is usual. */
export const promotedOutsidePage = (
  promotion: OutsidePromotion,
): { readonly subject: string; readonly message: string } => {
  const { pair, caller, calledAtMs, promoted, oldPrimary } = promotion;
  return {
    subject: pageSubject('now', `${pair} was promoted outside mq-dr`),
    message: [
      `${caller} promoted ${promoted.brokerId} in ${promoted.region} at ${new Date(calledAtMs).toISOString()}; no run of mq-dr did.`,
      promotedLine(promoted.brokerId, promotion.fenceOfPromoted),
      oldPrimaryLine(oldPrimary, promotion.fenceOfOldPrimary),
      'mq-dr held no consumers for it and reconciled no messages.',
      'Find out who did it and why. Reconcile the pair before clients rely on it.',
      runbookLine('promoted-outside'),
    ].join('\n'),
  };
};
