import type { SignalVerdict } from './two-signal-rule.ts';

/** What the polls of one watch remember between them. The field names are stored by running executions. */
export interface WatchMemory {
  /** When the watch began, in milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
  /** Polls in a row that found neither signal. */
  readonly clearLooks: number;
  readonly looks: number;
}

/**
 * What a watch does after a poll: `failover` start one · `cleared` end, all is well · `page` end, an operator must check
 * · `wait` poll again.
 */
export type WatchDecision = 'failover' | 'cleared' | 'page' | 'wait';

export interface WatchStep {
  readonly decision: WatchDecision;
  /** Why, for a page. */
  readonly because: string;
  readonly watch: WatchMemory;
}

/** A single clear poll may be a metric that came late: two in a row, half a minute apart, end the watch. */
const clearPollsNeeded = 2;

/**
 * Decides what follows on a poll of the signals.
 *
 * @param heldBy the run that holds the pair's lock, if another one does: while an operator or another run acts on the pair,
 * nothing is started automatically
 * @param nowMs milliseconds since the Unix epoch
 */
export const decideWatch = (
  verdict: SignalVerdict,
  heldBy: string | undefined,
  watch: WatchMemory,
  deadlineSeconds: number,
  nowMs: number,
): WatchStep => {
  const next: WatchMemory = {
    startedAtMs: watch.startedAtMs,
    clearLooks: verdict === 'clear' ? watch.clearLooks + 1 : 0,
    looks: watch.looks + 1,
  };
  const step = (decision: WatchDecision, because: string): WatchStep => ({ decision, because, watch: next });
  if (verdict === 'agree' && heldBy === undefined) return step('failover', 'both signals agree');
  if (next.clearLooks >= clearPollsNeeded) return step('cleared', `clear ${clearPollsNeeded} times in a row`);
  const state =
    verdict === 'agree' ? `the signals agree, but ${heldBy} acts on the pair` : `the signals are "${verdict}"`;
  const elapsedSeconds = Math.round((nowMs - watch.startedAtMs) / 1_000);
  return elapsedSeconds >= deadlineSeconds ? step('page', `after ${elapsedSeconds} s ${state}`) : step('wait', state);
};
