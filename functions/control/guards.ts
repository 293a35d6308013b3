import type { AutomationStop } from './automation-stop.ts';
import type { Intent } from './intent.ts';

/** Who may write for a scope (a pair or a cluster) now. One lock for each scope; its fencing token counts its owners. */
export interface Lock {
  /** ARN of the root execution that holds it. */
  readonly owner: string;
  /** The fencing token: it rises with every new owner, and a run with a smaller one has lost the lock. */
  readonly fence: number;
  readonly expiresAtMs: number;
  /** The workflow that the owner runs, for messages. */
  readonly purpose: string;
}

/** Somebody has stopped all writes, of one scope or of everything. */
export interface Freeze {
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
}

/** The interval since the newest promotion of a pair. */
export interface Epoch {
  /** Counts the promotions, from 1. */
  readonly number: number;
  readonly mode: 'SWITCHOVER' | 'FAILOVER';
  readonly primaryBrokerId: string;
  readonly primaryRegion: string;
  readonly promotedAtMs: number;
  readonly executionArn: string;
  /** When a person acknowledged it; until then the anti-flap window holds automatic runs back. */
  readonly acknowledgedAtMs?: number;
}

/** All guards of a scope, read in one consistent call. */
export interface KnownGuards {
  readonly known: true;
  readonly lock?: Lock;
  /** A lock whose run has ended without releasing it; whoever meets it takes it over. Set instead of `lock`. */
  readonly endedLock?: Lock;
  readonly freeze?: Freeze;
  readonly globalFreeze?: Freeze;
  readonly epoch?: Epoch;
  /** Why automatic runs are stopped; absent once a person has acted. */
  readonly stop?: AutomationStop;
  /** The newest promotion that a run has recorded its intent of, settled or not. */
  readonly promotion?: RecordedPromotion;
}

/** A promotion's intent, as far as guards ask about it. */
export type RecordedPromotion = Pick<Intent, 'mode' | 'subject' | 'status' | 'executionArn' | 'openedAtMs'>;

/** The guards, or why they could not be read. */
export type GuardReading = KnownGuards | { readonly known: false; readonly reason: string };

/**
 * Life of a lock without renewal, in seconds. The longest silence of a healthy run is a wait of 120 s between two
 * polls and a task that is tried six times (30 s each, 115 s of back-off): 415 s, rounded up.
 */
export const leaseSeconds = 420;

/**
 * Clocks of two Regions may differ; a lock counts as expired only this much later, in seconds. Amazon's time service
 * keeps hosts within milliseconds, so this is generous.
 */
export const clockSkewSeconds = 10;

/** Whether somebody else's lock still holds. */
export const isHeldByOther = (lock: Lock | undefined, owner: string, nowMs: number): lock is Lock =>
  lock !== undefined && lock.owner !== owner && nowMs < lock.expiresAtMs + clockSkewSeconds * 1_000;
