import type { BrokerReading } from '../brokers/broker-snapshot.ts';
import type { LagJudgement } from '../brokers/lag-verdict.ts';
import { type Intent, isOpen } from '../control/intent.ts';
import { runbookLine } from '../runtime/runbook.ts';

/**
 * Where a promotion stands whose run has died: `settle` its effect is seen and its intent may be closed · `arrived` its
 * effect is seen, and a new run has to do what follows · `closed` somebody else closed it · `open` no effect yet.
 */
export type OpenPromotionStep = 'settle' | 'arrived' | 'closed' | 'open';

/** What is known about a promotion whose run has died. */
export interface OpenPromotionFacts {
  /** The intent that the dead run left open. */
  readonly sequence: number;
  /** The newest one now. */
  readonly intent: Intent | undefined;
  readonly target: BrokerReading;
  readonly replication: LagJudgement;
}

/**
 * Judges the promotion by the roles. A failover needs the target alone: the old primary may be lost, or call itself
 * primary for a while. Its intent stays open, since a new run goes on from it: epoch, fence and consumers are still to
 * be dealt with.
 */
export const judgeOpenPromotion = ({
  sequence,
  intent,
  target,
  replication,
}: OpenPromotionFacts): OpenPromotionStep => {
  if (!isOpen(intent) || intent.sequence !== sequence) return 'closed';
  if (intent.mode === 'FAILOVER') return target.known && target.broker.role === 'primary' ? 'arrived' : 'open';
  return replication.verdict === 'exchanged' ? 'settle' : 'open';
};

/** What people are told about it; undefined while it is to be looked at again. */
export const openPromotionNews = (
  step: OpenPromotionStep,
  promotion: { readonly pair: string; readonly subject: string; readonly region: string; readonly isLastLook: boolean },
  evidence: readonly string[],
): { readonly subject: string; readonly lines: readonly string[] } | undefined => {
  const { pair, subject, region, isLastLook } = promotion;
  const shown = [...evidence.map((line) => `- ${line}`), runbookLine('promotion-open')];
  switch (step) {
    case 'settle':
      return {
        subject: `mq-dr: ${pair} has switched over after all`,
        lines: [
          `${subject} in ${region} is the primary now, and the switchover is recorded as done.`,
          'Start the same switchover again: it finds the exchange done and does what follows on it.',
          ...shown,
        ],
      };
    case 'arrived':
      return {
        subject: `mq-dr: ${pair} has failed over after all`,
        lines: [
          `${subject} in ${region} is the primary now.`,
          'Start the same failover again: it promotes nothing, and does what follows on the promotion.',
          ...shown,
        ],
      };
    case 'closed':
      return {
        subject: `mq-dr: the promotion of ${pair} is in other hands`,
        lines: [`The promotion of ${subject} in ${region} has been closed by another run.`, ...shown],
      };
    case 'open':
      return isLastLook
        ? {
            subject: `mq-dr: the promotion of ${pair} is still open`,
            lines: [
              `The promotion of ${subject} in ${region} has shown no effect, and observing it ends here.`,
              'Neither broker may be serving clients. Start the same run again to go on, or fail over.',
              ...shown,
            ],
          }
        : undefined;
  }
};
