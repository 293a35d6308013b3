import type { SignalVerdict } from './two-signal-rule.ts';

/** What the looks of one watch remember between them. */
export interface SignalWatch {
  /** When the watch began, in milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
  /** Looks in a row that found neither signal. */
  readonly clearLooks: number;
  readonly looks: number;
}

/**
 * What a watch does after a look: `failover` start one · `cleared` end, all is well · `page` end, a person has to look
 * · `wait` look again.
 */
export type WatchDecision = 'failover' | 'cleared' | 'page' | 'wait';

export interface WatchStep {
  readonly decision: WatchDecision;
  /** Why, for a page. */
  readonly because: string;
  readonly watch: SignalWatch;
}

/** A single clear look may be a metric that came late: two in a row, half a minute apart, end the watch. */
const clearLooksNeeded = 2;

/**
 * Decides what follows on a look at the signals.
 *
 * @param heldBy the run that holds the pair's lock, if another one does: while people or another run act on the pair,
 * nothing is started automatically
 * @param nowMs milliseconds since the Unix epoch
 */
export const decideWatch = (
  verdict: SignalVerdict,
  heldBy: string | undefined,
  watch: SignalWatch,
  deadlineSeconds: number,
  nowMs: number,
): WatchStep => {
  const next: SignalWatch = {
    startedAtMs: watch.startedAtMs,
    clearLooks: verdict === 'clear' ? watch.clearLooks + 1 : 0,
    looks: watch.looks + 1,
  };
  const step = (decision: WatchDecision, because: string): WatchStep => ({ decision, because, watch: next });
  if (verdict === 'agree' && heldBy === undefined) return step('failover', 'both signals agree');
  if (next.clearLooks >= clearLooksNeeded) return step('cleared', `clear ${clearLooksNeeded} times in a row`);
  const state =
    verdict === 'agree' ? `the signals agree, but ${heldBy} acts on the pair` : `the signals are "${verdict}"`;
  const elapsedSeconds = Math.round((nowMs - watch.startedAtMs) / 1_000);
  return elapsedSeconds >= deadlineSeconds ? step('page', `after ${elapsedSeconds} s ${state}`) : step('wait', state);
};
