import type { GaugeReading } from '../brokers/replication-gauges.ts';

/** Whether clients are still connected to a broker that has been fenced. */
export type FenceCheck =
  | { readonly clients: 'gone' }
  | { readonly clients: 'connected'; readonly connections: number }
  | { readonly clients: 'unknown'; readonly reason: string };

/**
 * Judges the newest count of client connections. Only minutes that began after the hook said it was done count: an
 * earlier one says nothing about the fence.
 *
 * @param appliedAtMs when the hook was done, milliseconds since the Unix epoch
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
