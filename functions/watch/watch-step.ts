import type { SignalVerdict } from '../brokers/two-signal-rule.ts';
import type { Finding } from '../runtime/finding.ts';

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
 * · `stopped` the signals agree and something holds automatic runs back: report that, and poll again · `wait` poll again.
 */
export type WatchDecision = 'failover' | 'cleared' | 'page' | 'stopped' | 'wait';

export interface WatchStep {
  readonly decision: WatchDecision;
  /** Why, for a page. */
  readonly because: string;
  readonly watch: WatchMemory;
}

/** A single clear poll may be a metric that came late: two in a row, half a minute apart, end the watch. */
const clearPollsNeeded = 2;

/**
 * Decides what follows on a poll of the signals. What holds automatic runs back is a state of waiting: a freeze may end in
 * seconds, a lock with its run, and the watch ends by its evidence or by its deadline. Enrolment alone ends it at once,
 * since nothing can change it meanwhile.
 *
 * @param stops what speaks against an automatic run now: another run's lock, a freeze, a person's no and so on
 * @param refusals failovers that this watch started and that refused to act
 * @param nowMs milliseconds since the Unix epoch
 */
export const decideWatch = (
  verdict: SignalVerdict,
  { stops, refusals }: { readonly stops: readonly Pick<Finding, 'code'>[]; readonly refusals: number },
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
  const elapsedSeconds = Math.round((nowMs - watch.startedAtMs) / 1_000);
  const isLate = elapsedSeconds >= deadlineSeconds;
  const agrees = verdict === 'agree';
  // A failover that keeps refusing must not keep the watch from its end.
  if (agrees && stops.length === 0 && !(isLate && refusals > 0)) return step('failover', 'both signals agree');
  if (next.clearLooks >= clearPollsNeeded) return step('cleared', `clear ${clearPollsNeeded} times in a row`);
  const codes = stops.map(({ code }) => code);
  const refused = 'the signals agree, but the failover refuses to act';
  const stopped = `the signals agree, but automatic runs are held back (${codes.join(', ')})`;
  const state = agrees ? (codes.length === 0 ? refused : stopped) : `the signals are "${verdict}"`;
  if (isLate || (agrees && codes.includes('NOT_ENROLLED'))) return step('page', `after ${elapsedSeconds} s ${state}`);
  return step(agrees ? 'stopped' : 'wait', state);
};

/**
 * What a page about being held back would name, for a watch to page once about the same: every code but a lock's. Another
 * run that acts is no news until the deadline.
 */
export const reportedCodes = (findings: readonly Pick<Finding, 'code'>[]): string =>
  [...new Set(findings.map(({ code }) => code))]
    .filter((code) => code !== 'LOCK_HELD')
    .toSorted()
    .join(',');
