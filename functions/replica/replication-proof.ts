import { type GaugeReadings, newestPoint } from '../brokers/replication-gauges.ts';
import { freshMs, waitLimitMs } from '../brokers/replication-limits.ts';

/** Whether replication has been seen to run since an instant. */
export interface ReplicationProof {
  readonly proven: boolean;
  /** What was seen, one line each, for and against. */
  readonly evidence: readonly string[];
}

/**
 * Replication runs when, after `sinceMs`, the replica has processed an event and the primary has heard of it: a fresh
 * wait time on both sides below the limit and a lag, which is only written when an acknowledgement arrives.
 * docs/amazon-mq.md 10, 12.
 *
 * @param sinceMs milliseconds since the Unix epoch; older points prove nothing
 */
export const proveReplication = (gauges: GaugeReadings, sinceMs: number, nowMs: number): ReplicationProof => {
  const evidence: string[] = [];
  let proven = true;
  for (const [gauge, limitMs] of [
    ['PrimaryWaitTime', waitLimitMs],
    ['ReplicaWaitTime', waitLimitMs],
    ['TotalReplicationLag', undefined],
  ] as const) {
    const reading = gauges[gauge];
    const point = newestPoint(reading);
    if (point === undefined || point.atMs < sinceMs || nowMs - point.atMs > freshMs) {
      proven = false;
      evidence.push(
        reading?.known === false ? `${gauge} cannot be read: ${reading.reason}` : `${gauge} has no fresh point yet`,
      );
    } else if (limitMs !== undefined && point.value > limitMs) {
      proven = false;
      evidence.push(`${gauge} is ${point.value} ms, above ${limitMs} ms`);
    } else {
      evidence.push(`${gauge} is ${point.value} ms`);
    }
  }
  return { proven, evidence };
};
