import type { Journal } from '../journal/journal.ts';
import type { GameDaySummary } from '../journal/summary.ts';
import { count, counted, dollars, duration } from './format.ts';

/** A number that leads the report. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly more: string;
  /** How it should be read at a glance; absent when it is neither good nor bad. */
  readonly tone?: 'good' | 'bad';
}

/** One line that says how the game day ended. */
export const outcomeLine = (journal: Journal): { readonly text: string; readonly tone: 'good' | 'bad' | 'warn' } => {
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
      return { text: 'Interrupted: this report holds what happened until then.', tone: 'warn' };
    case 'aborted':
      return { text: `Aborted: ${journal.abortReason ?? 'no reason was recorded'}.`, tone: 'bad' };
  }
};

/** The figures that an operator and a manager look for first. */
export const keyFigures = (journal: Journal, summary: GameDaySummary): readonly Figure[] => {
  const { messages, unavailability, promotions, cost } = summary;
  const detected = promotions.flatMap((promotion) => promotion.detectionDelayMs ?? []);
  const twice = messages.processedTwice + messages.unknownProcessedTwice;
  const hasTraffic = journal.traffic.length > 0;
  const longestPromotionGapMs = Math.max(0, ...promotions.map((promotion) => promotion.unavailableMs));
  return [
    {
      name: 'Service gap per promotion',
      value: promotions.length === 0 ? '–' : duration(longestPromotionGapMs),
      more: promotions.length === 0 ? 'no promotion' : `longest of ${counted(promotions.length, 'promotion')}`,
    },
    {
      name: 'Noticed after',
      value: detected.length === 0 ? '–' : duration(Math.max(...detected)),
      more: detected.length === 0 ? 'no exchange was judged' : 'longest, from exchange to verdict',
    },
    {
      name: 'Confirmed messages',
      value: hasTraffic ? count(messages.confirmed) : '–',
      more: hasTraffic ? `${count(messages.processedOnce)} took effect once` : 'no traffic in this scenario',
    },
    {
      name: 'Lost · twice · stranded',
      value: hasTraffic ? `${count(messages.lost)} · ${count(twice)} · ${count(messages.stranded)}` : '–',
      more: `${count(messages.unknownOutcome)} sends of unknown outcome`,
      ...(hasTraffic
        ? { tone: messages.lost + twice + messages.stranded === 0 ? ('good' as const) : ('bad' as const) }
        : {}),
    },
    {
      name: 'Kept from sending, all told',
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
