import * as z from 'zod/mini';
import type { DriftLimits } from '../config/cluster-config.ts';
import type { Finding } from '../runtime/finding.ts';

/** What this project remembers of its own writes to one policy. */
export const policyHistorySchema = z.strictObject({
  /** What the last write wanted; see `desiredText`. */
  desired: z.string(),
  /** Attempts at it since it last was as wanted. */
  attempts: z.int(),
  /** Time of the last attempt, in milliseconds since the Unix epoch. */
  lastAttemptMs: z.number(),
  /** When attempts took effect, newest last; all for the same change. */
  effectiveMs: z.array(z.number()),
});

export type PolicyHistory = z.output<typeof policyHistorySchema>;

/** Whether a policy may be written now; `later` tells a matter of time from one for a person. */
export type AttemptVerdict = { readonly go: true } | ({ readonly go: false; readonly later: boolean } & Finding);

const recent = (history: PolicyHistory, limits: DriftLimits, nowMs: number): readonly number[] =>
  history.effectiveMs.filter((atMs) => nowMs - atMs < limits.flipWindowSeconds * 1_000);

/** Judges a change by the outcome of earlier writes for it. Another change of the same policy starts afresh. */
export const attemptVerdict = (
  history: PolicyHistory | undefined,
  desired: string,
  limits: DriftLimits,
  nowMs: number,
): AttemptVerdict => {
  if (history === undefined || history.desired !== desired) return { go: true };
  const flips = recent(history, limits, nowMs);
  if (flips.length >= limits.flipLimit) {
    return {
      go: false,
      later: false,
      code: 'FLIP_FLOP',
      message: `it was corrected ${flips.length} times within ${limits.flipWindowSeconds} s and is wrong again: find what else writes it and stop that; the window ends by itself`,
      evidence: { times: flips.map((atMs) => new Date(atMs).toISOString()) },
    };
  }
  if (history.attempts >= limits.maxAttempts) {
    return {
      go: false,
      later: false,
      code: 'PARKED',
      message: `${history.attempts} attempts had no effect; find out why, then change its declaration or delete its record`,
      evidence: { attempts: history.attempts, lastAttempt: new Date(history.lastAttemptMs).toISOString() },
    };
  }
  const waitMs = history.attempts === 0 ? 0 : limits.backOffSeconds * 1_000 * 2 ** (history.attempts - 1);
  if (nowMs - history.lastAttemptMs >= waitMs) return { go: true };
  const next = new Date(history.lastAttemptMs + waitMs).toISOString();
  return {
    go: false,
    later: true,
    code: 'BACKING_OFF',
    message: `attempt ${history.attempts} had no effect; the next one is due at ${next}`,
    evidence: { attempts: history.attempts, nextAttempt: next },
  };
};

/** The history with one more attempt. */
export const withAttempt = (history: PolicyHistory | undefined, desired: string, nowMs: number): PolicyHistory => {
  const same = history?.desired === desired ? history : undefined;
  return {
    desired,
    attempts: (same?.attempts ?? 0) + 1,
    lastAttemptMs: nowMs,
    effectiveMs: same?.effectiveMs ?? [],
  };
};

/** The history without its last attempt, which was given up before the call. */
export const withoutAttempt = (history: PolicyHistory): PolicyHistory => ({
  ...history,
  attempts: Math.max(0, history.attempts - 1),
});

/** Times kept; more than the largest flip limit. */
const keptTimes = 30;

/** The history once the last attempt was seen to have taken effect. */
export const withEffect = (history: PolicyHistory, nowMs: number): PolicyHistory => ({
  ...history,
  attempts: 0,
  effectiveMs: [...history.effectiveMs, nowMs].slice(-keptTimes),
});
