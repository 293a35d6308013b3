import type { BrokerReading } from '../brokers/broker-snapshot.ts';
import type { LagJudgement } from '../brokers/lag-verdict.ts';
import { type Intent, isOpen } from '../control/intent.ts';
import { pageSubject } from '../runtime/page-subject.ts';
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

/** The page about it; undefined while it will be checked again. */
export const openPromotionMessage = (
  step: OpenPromotionStep,
  promotion: {
    readonly pair: string;
    readonly subject: string;
    readonly region: string;
    readonly isFinalPoll: boolean;
  },
  evidence: readonly string[],
): { readonly subject: string; readonly lines: readonly string[] } | undefined => {
  const { pair, subject, region, isFinalPoll } = promotion;
  const shown = [...evidence.map((line) => `- ${line}`), runbookLine('promotion-open')];
  switch (step) {
    case 'settle':
      return {
        subject: pageSubject('now', `switchover of ${pair} completed late, handover missing`),
        lines: [
          `${subject} in ${region} is now the primary, and the switchover is recorded as done.`,
          'Start the same switchover again: it promotes nothing and makes the handover (consumers, endpoint).',
          ...shown,
        ],
      };
    case 'arrived':
      return {
        subject: pageSubject('now', `failover of ${pair} completed late, handover missing`),
        lines: [
          `${subject} in ${region} is now the primary.`,
          'Start the same failover again: it promotes nothing and makes the handover (fence, consumers, endpoint).',
          ...shown,
        ],
      };
    case 'closed':
      return {
        subject: pageSubject('info', `promotion of ${pair} taken over by another run`),
        lines: [`Another run has closed the promotion of ${subject} in ${region}.`, ...shown],
      };
    case 'open':
      return isFinalPoll
        ? {
            subject: pageSubject('now', `promotion of ${pair} still shows no effect, both brokers may be closed`),
            lines: [
              `The promotion of ${subject} in ${region} has shown no effect, and mq-dr no longer checks it.`,
              'Neither broker may be serving clients. Start the same run again to keep checking, or fail over.',
              ...shown,
            ],
          }
        : undefined;
  }
};
