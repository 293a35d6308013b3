import { count, counted, dollars, duration } from '../../testbed/page/format.ts';
import type { Journal } from '../journal/journal.ts';
import type { GameDaySummary } from '../journal/summary.ts';
import type { KeyFigure, Report } from './document.ts';

/** One line that says how the game day ended. */
export const outcomeText = (journal: Journal): Report['outcome'] => {
  const failed = journal.run.find((step) => step.status === 'failed' || step.status === 'aborted');
  switch (journal.outcome) {
    case 'met':
      return { text: 'Met: the system did what the hypothesis says.', tone: 'good' };
    case 'deviated': {
      const unmet = (journal.steady_states.after?.probes ?? []).filter((probe) => !probe.tolerance_met);
      const why = [
        ...(failed === undefined ? [] : [`step “${failed.activity.name}” failed`]),
        ...unmet.map((probe) => `“${probe.activity.name}” does not hold`),
      ];
      return { text: `Deviated: ${why.join('; ')}.`, tone: 'bad' };
    }
    case 'interrupted':
      return { text: 'Interrupted: this report shows what happened until then.', tone: 'warn' };
    case 'aborted':
      return { text: `Aborted: ${journal.abortReason ?? 'no reason was recorded'}.`, tone: 'bad' };
  }
};

/** The figures that operators and managers need first. */
export const keyFigures = (journal: Journal, summary: GameDaySummary): readonly KeyFigure[] => {
  const { messages, unavailability, promotions, cost } = summary;
  const detected = promotions.flatMap((promotion) => promotion.detectionDelayMs ?? []);
  const twice = messages.processedTwice + messages.unknownProcessedTwice;
  const hasTraffic = journal.traffic.length > 0;
  const longestPromotionGapMs = Math.max(0, ...promotions.map((promotion) => promotion.unavailableMs));
  const failures = `${count(messages.lost)} · ${count(twice)} · ${count(messages.stranded)}`;
  const failureTone = messages.lost + twice + messages.stranded === 0 ? 'good' : 'bad';
  return [
    {
      name: 'Service gap per promotion',
      value: promotions.length === 0 ? '–' : duration(longestPromotionGapMs),
      more: promotions.length === 0 ? 'no promotion' : `longest of ${counted(promotions.length, 'promotion')}`,
    },
    {
      name: 'Noticed after',
      value: detected.length === 0 ? '–' : duration(Math.max(...detected)),
      more: detected.length === 0 ? 'no role exchange was detected' : 'longest, from exchange to verdict',
    },
    {
      name: 'Confirmed messages',
      value: hasTraffic ? count(messages.confirmed) : '–',
      more: hasTraffic ? `${count(messages.processedOnce)} took effect once` : 'no traffic in this scenario',
    },
    {
      name: 'Lost · twice · stranded',
      value: hasTraffic ? { text: failures, tone: failureTone } : '–',
      more: `${count(messages.unknownOutcome)} sends of unknown outcome`,
    },
    {
      name: 'Unable to send, in total',
      value: hasTraffic ? duration(unavailability.sends.totalMs) : '–',
      more: hasTraffic ? `longest ${duration(unavailability.sends.longestMs)}, reboots included` : 'no traffic',
    },
    {
      name: 'Estimated cost of the runs',
      value: dollars(cost.usd),
      more: `${counted(cost.stateTransitions, 'transition')}, ${counted(cost.lambdaInvocations, 'invocation')}`,
    },
  ];
};
