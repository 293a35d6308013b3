import type { ApiCallAttempt } from './api-call.ts';
import type { ConnectionErrorCode } from './connection-error.ts';
import type { ApiFault } from './service.ts';

/** The outcome of one call on its way: an empty plan lets it through. */
export interface CallPlan {
  /** Virtual milliseconds for which the caller's host stands still before the call; no time-out of its own runs then. */
  readonly stallMs?: number;
  /** The call never arrives: the caller gets a socket's error after `afterMs` or its own time-out, if that is sooner. */
  readonly unreachable?: { readonly code: ConnectionErrorCode; readonly afterMs: number };
  /** Virtual milliseconds between the effect and the answer. */
  readonly answerDelayMs?: number;
  /** A read that need not be consistent gets the answer of so many virtual milliseconds ago. */
  readonly staleMs?: number;
  /** Answered instead of handling the call: nothing takes effect. */
  readonly fault?: ApiFault;
  /** Answered in place of an answer that is none of an error, after the call took effect. */
  readonly faultAfterEffect?: ApiFault;
  /** The connection breaks, or the caller's process dies, before the call takes effect. */
  readonly beforeEffect?: 'reset' | 'kill-caller';
  /** The same after it took effect, or an answer that no client can read. */
  readonly afterEffect?: 'reset' | 'kill-caller' | 'malformed-answer';
}

/** Decides the outcome of a call; asked once per call, before it is handled. */
export type PlanCall = (attempt: ApiCallAttempt) => CallPlan;
