/**
 * The durable wish that clients stay away from a broker that was the primary before a failover. The old Region's own
 * schedule carries it out once that Region is back, and the next promotion of the broker undoes it.
 */
export interface Fence {
  readonly region: string;
  readonly brokerId: string;
  /** The epoch that began with the promotion of the other broker. */
  readonly epoch: number;
  /**
   * `wanted`, then `carried-out` once no client is connected any more; `undoing` from the moment when nothing may be
   * fenced any more, `undone` once clients are let in again.
   */
  readonly status: 'wanted' | 'carried-out' | 'undoing' | 'undone';
  readonly updatedAtMs: number;
  /** When the hook was last asked to fence; it may still be at it. */
  readonly attemptedAtMs?: number;
  /** When the hook last said that it has fenced. */
  readonly appliedAtMs?: number;
  /** Why people were told that the fence does not stand; they are told once for each reason. */
  readonly reported?: FenceProblem;
}

/** Why a fence that is wanted cannot be put up. */
export type FenceProblem = 'not-configured' | 'hook-failed';
