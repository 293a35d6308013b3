import type { BrokerReading } from './broker-snapshot.ts';
import {
  type GaugeName,
  type GaugePoint,
  type GaugeReading,
  type GaugeReadings,
  newestPoint,
} from './replication-gauges.ts';
import { freshMs, lagLimitMs, restingBacklogEvents, waitLimitMs } from './replication-limits.ts';

/** One poll of a pair: both brokers and their replication gauges. */
export interface ReplicationObservation {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The broker that is or will become the primary. */
  readonly target: BrokerReading;
  /** The other one. */
  readonly counterpart: BrokerReading;
  /** Gauges of the side that was primary when the promotion was asked for, and of its replica. */
  readonly gauges: GaugeReadings;
}

/**
 * What replication is doing: `exchanged` roles changed as asked · `draining` a backlog shrinks · `steady` within the
 * healthy limits · `lagging` behind and not catching up · `frozen` no event crosses · `absent` no fresh gauge tells ·
 * `contradictory` the readings exclude each other.
 */
export type LagVerdict = 'exchanged' | 'draining' | 'steady' | 'lagging' | 'frozen' | 'absent' | 'contradictory';

/** A verdict with what it rests on. */
export interface LagJudgement {
  readonly verdict: LagVerdict;
  /** What was seen, one line each. */
  readonly evidence: readonly string[];
  /** The counterpart's role, `unknown` when it could not be read. */
  readonly counterpart: 'primary' | 'replica' | 'none' | 'unknown';
  /** Fresh values in milliseconds; absent when no fresh point has them. */
  readonly lagMs?: number;
  readonly waitTimeMs?: number;
  /** Events that have not crossed, by the newest fresh point. */
  readonly backlogEvents?: number;
}

/** Points that show a frozen gauge: three equal ones in a row, two minutes apart in all. */
const frozenPoints = 3;

const roleOf = (reading: BrokerReading): LagJudgement['counterpart'] =>
  reading.known ? reading.broker.role : 'unknown';

const describeBroker = (label: string, reading: BrokerReading): string =>
  reading.known
    ? `${label} ${reading.broker.brokerId} reads ${reading.broker.roleText ?? 'no role'}, ${reading.broker.state}`
    : `${label} cannot be read: ${reading.reason}`;

const describeGauge = (gauge: GaugeName, reading: GaugeReading | undefined, atMs: number): string => {
  if (reading === undefined || !reading.known) return `${gauge} cannot be read: ${reading?.reason ?? 'not asked for'}`;
  const point = reading.points.at(-1);
  if (point === undefined) return `${gauge} has no points`;
  return `${gauge} ${point.value}, ${Math.round((atMs - point.atMs) / 1_000)} s old`;
};

const freshPoint = (reading: GaugeReading | undefined, atMs: number): GaugePoint | undefined => {
  const point = newestPoint(reading);
  return point !== undefined && atMs - point.atMs <= freshMs ? point : undefined;
};

const larger = (a: GaugePoint | undefined, b: GaugePoint | undefined): number | undefined =>
  a === undefined ? b?.value : b === undefined ? a.value : Math.max(a.value, b.value);

/** Equal lags while a wait time grows as fast as the clock: the gauge is frozen. docs/amazon-mq.md 13, row 9. */
const seemsFrozen = (lag: GaugeReading | undefined, wait: GaugeReading | undefined): boolean => {
  if (!lag?.known || !wait?.known) return false;
  const lags = lag.points.slice(-frozenPoints);
  const waits = wait.points.slice(-frozenPoints);
  const [firstWait, lastWait] = [waits[0], waits.at(-1)];
  if (lags.length < frozenPoints || waits.length < frozenPoints || !firstWait || !lastWait) return false;
  const equal = lags.every((point) => point.value === lags[0]?.value);
  // Nine tenths of the elapsed time: both are sampled within their minute.
  return equal && lastWait.value - firstWait.value >= 0.9 * (lastWait.atMs - firstWait.atMs);
};

const isShrinking = (backlog: GaugeReading | undefined): boolean => {
  if (!backlog?.known) return false;
  const [previous, last] = backlog.points.slice(-2);
  return previous !== undefined && last !== undefined && last.value < previous.value;
};

/**
 * Judges one poll. Completion is roles, never lag: a healthy lag is not zero and a cut link freezes it.
 * docs/amazon-mq.md 4, 12, 13.
 */
export const judgeReplication = (observation: ReplicationObservation): LagJudgement => {
  const { target, counterpart, gauges, atMs } = observation;
  const other = roleOf(counterpart);
  const evidence = [describeBroker('target', target), describeBroker('counterpart', counterpart)];
  const judged = (verdict: LagVerdict, ...because: string[]): LagJudgement => ({
    verdict,
    evidence: [...evidence, ...because],
    counterpart: other,
    ...(lagMs !== undefined && { lagMs }),
    ...(waitTimeMs !== undefined && { waitTimeMs }),
    ...(backlogEvents !== undefined && { backlogEvents }),
  });

  const lag = freshPoint(gauges.TotalReplicationLag, atMs) ?? freshPoint(gauges.ReplicationLag, atMs);
  const lagMs = lag?.value;
  const backlogEvents = freshPoint(gauges.QueueSize, atMs)?.value;
  const replicaWait = freshPoint(gauges.ReplicaWaitTime, atMs);
  // The primary's wait time is the age of the last event it has had back: in a long drain it is large although events
  // cross. Only both together prove that: the queue also shrinks by compaction while no replica is attached.
  const isCrossing =
    backlogEvents !== undefined && isShrinking(gauges.QueueSize) && (replicaWait?.value ?? Infinity) <= waitLimitMs;
  const waitTimeMs = isCrossing ? replicaWait?.value : larger(freshPoint(gauges.PrimaryWaitTime, atMs), replicaWait);

  if (target.known && target.broker.role === 'primary') {
    return other === 'primary' ? judged('contradictory', 'both brokers read PRIMARY') : judged('exchanged');
  }
  if (target.known && target.broker.role === 'replica' && other === 'replica') {
    return judged('contradictory', 'both brokers read REPLICA');
  }
  if (target.known && target.broker.role !== 'replica') return judged('contradictory', 'the target is not a replica');

  for (const gauge of ['TotalReplicationLag', 'PrimaryWaitTime', 'ReplicaWaitTime', 'QueueSize'] as const) {
    evidence.push(describeGauge(gauge, gauges[gauge], atMs));
  }
  if (waitTimeMs !== undefined && waitTimeMs > waitLimitMs) {
    return judged('frozen', `a wait time of ${waitTimeMs} ms is beyond three heartbeats (${waitLimitMs} ms)`);
  }
  const wait = gauges.PrimaryWaitTime?.known ? gauges.PrimaryWaitTime : gauges.ReplicaWaitTime;
  if (seemsFrozen(gauges.TotalReplicationLag, wait)) {
    return judged('frozen', 'the lag does not move while the wait time grows with the clock');
  }
  const behind = (lagMs !== undefined && lagMs > lagLimitMs) || (backlogEvents ?? 0) > restingBacklogEvents;
  if (behind && isShrinking(gauges.QueueSize)) return judged('draining', 'the replication queue shrinks');
  if (waitTimeMs === undefined) return judged('absent', 'no fresh wait time shows that events are replicated');
  return behind ? judged('lagging', 'behind the healthy limits and not catching up') : judged('steady');
};
