import type { GaugeReading } from '../brokers/replication-gauges.ts';
import type { Finding } from '../runtime/finding.ts';

/**
 * The desired state that clients stay away from a broker that was the primary before a failover. The old Region's own
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
  /** When the customer hook was last asked to fence; it may still be running. */
  readonly attemptedAtMs?: number;
  /** When the customer hook last said that it has fenced. */
  readonly appliedAtMs?: number;
  /** When the broker was first read as a replica since it was fenced; as a primary after that, it has been promoted. */
  readonly replicaSeenAtMs?: number;
  /** Why operators were notified that the fence is not in place; they are notified once for each reason. */
  readonly reported?: FenceProblem;
}

/** Why a fence that is wanted cannot be put up, or one that is not wanted cannot be lifted. */
export type FenceProblem = 'not-configured' | 'hook-failed' | 'lift-failed';

/** Says that nothing keeps the clients of a Region away from a broker that is not the primary any more. */
export const fencingNotConfigured = (pair: string, region: string, brokerId: string): Finding => ({
  code: 'FENCING_NOT_CONFIGURED',
  message:
    `no function is configured to keep clients in ${region} away from ${brokerId}, the old primary of ${pair}; ` +
    'block them by hand, or configure cutover.fencingFunctionArn',
  evidence: { region, brokerId },
});

/** Whether clients are still connected to a broker that has been fenced. */
export type FenceCheck =
  | { readonly clients: 'gone' }
  | { readonly clients: 'connected'; readonly connections: number }
  | { readonly clients: 'unknown'; readonly reason: string };

/**
 * Judges the newest count of client connections. Only minutes that began after the customer hook was done count: an
 * earlier one says nothing about the fence.
 *
 * @param appliedAtMs when the customer hook was done, milliseconds since the Unix epoch
 */
export const checkFence = (reading: GaugeReading | undefined, appliedAtMs: number): FenceCheck => {
  if (reading === undefined) return { clients: 'unknown', reason: 'the connections were not read' };
  if (!reading.known) return { clients: 'unknown', reason: reading.reason };
  const newest = reading.points.at(-1);
  if (newest === undefined || newest.atMs < appliedAtMs) {
    return { clients: 'unknown', reason: 'no count of connections has arrived since' };
  }
  return newest.value === 0 ? { clients: 'gone' } : { clients: 'connected', connections: newest.value };
};
