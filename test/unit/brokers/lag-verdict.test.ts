import { describe, expect, it } from 'vitest';
import type { BrokerReading } from '../../../functions/brokers/broker-snapshot.ts';
import {
  judgeReplication,
  type LagVerdict,
  type ReplicationObservation,
} from '../../../functions/brokers/lag-verdict.ts';
import type { GaugeReadings } from '../../../functions/brokers/replication-gauges.ts';
import {
  freshMs,
  lagLimitMs,
  restingBacklogEvents,
  waitLimitMs,
} from '../../../functions/brokers/replication-limits.ts';
import {
  asRole,
  healthyGauges,
  known,
  minutely,
  noonMs,
  pairedEast,
  pairedWest,
  unreadable,
  unreadableGauge,
} from '../../support/brokers.ts';

const look = (changes: Partial<ReplicationObservation> = {}): ReplicationObservation => ({
  atMs: noonMs,
  target: known(pairedWest()),
  counterpart: known(pairedEast()),
  gauges: healthyGauges(),
  ...changes,
});

const primaryWest = known(pairedWest(asRole('primary')));
const replicaEast = known(pairedEast(asRole('replica')));
const withGauges = (changes: GaugeReadings): LagVerdict =>
  judgeReplication(look({ gauges: healthyGauges(changes) })).verdict;

describe('judgeReplication by roles', () => {
  it.each<[LagVerdict, string, BrokerReading, BrokerReading]>([
    ['exchanged', 'both read the exchanged roles', primaryWest, replicaEast],
    ['exchanged', 'the target is primary and the counterpart cannot be read', primaryWest, unreadable()],
    ['contradictory', 'both read primary', primaryWest, known(pairedEast())],
    ['contradictory', 'both read replica', known(pairedWest()), replicaEast],
    ['contradictory', 'the target has no role', known(pairedWest({ role: 'none', roleText: undefined })), replicaEast],
    [
      'contradictory',
      'the target has a role nobody knows',
      known(pairedWest({ role: 'unknown', roleText: 'WITNESS' })),
      known(pairedEast()),
    ],
  ])('is %s when %s', (verdict, _label, target, counterpart) => {
    expect(judgeReplication(look({ target, counterpart })).verdict).toBe(verdict);
  });

  it('says that a counterpart which cannot be read is unknown, not absent', () => {
    const judgement = judgeReplication(look({ counterpart: unreadable('the Region is dark') }));
    expect(judgement.counterpart).toBe('unknown');
    expect(judgement.evidence).toContain('counterpart cannot be read: the Region is dark');
  });

  it('never calls a target exchanged that cannot be read', () => {
    expect(judgeReplication(look({ target: unreadable(), counterpart: replicaEast })).verdict).not.toBe('exchanged');
  });

  it('calls no lag, however low, an exchange', () => {
    expect(withGauges({ TotalReplicationLag: minutely([0, 0, 0]), QueueSize: minutely([0, 0, 0]) })).toBe('steady');
  });
});

describe('judgeReplication by gauges', () => {
  it('is steady within the limits and carries the fresh values', () => {
    expect(judgeReplication(look())).toMatchObject({
      verdict: 'steady',
      counterpart: 'primary',
      lagMs: 7_200,
      waitTimeMs: 3_000,
      backlogEvents: 40,
    });
  });

  it.each<[LagVerdict, string, GaugeReadings]>([
    ['steady', 'the lag is at its limit', { TotalReplicationLag: minutely([1, lagLimitMs]) }],
    ['lagging', 'the lag is above its limit', { TotalReplicationLag: minutely([1, lagLimitMs + 1]) }],
    ['steady', 'the backlog is at its limit', { QueueSize: minutely([1, restingBacklogEvents]) }],
    ['lagging', 'the backlog is above its limit and grows', { QueueSize: minutely([1, restingBacklogEvents + 1]) }],
    ['lagging', 'the backlog is above its limit and stands', { QueueSize: minutely([5_000, 5_000]) }],
    ['draining', 'the backlog is above its limit and shrinks', { QueueSize: minutely([5_001, 5_000]) }],
    [
      'draining',
      "a long backlog shrinks while the replica's wait time is short, though the last event back is hours old",
      { QueueSize: minutely([9_000, 8_000]), PrimaryWaitTime: minutely([9_000_000]) },
    ],
    [
      'frozen',
      "a backlog shrinks, as by compaction, while the replica's wait time is above its limit",
      { QueueSize: minutely([9_000, 8_000]), ReplicaWaitTime: minutely([waitLimitMs + 1]) },
    ],
    [
      'frozen',
      "a backlog shrinks and the replica's wait time is unknown",
      {
        QueueSize: minutely([9_000, 8_000]),
        PrimaryWaitTime: minutely([waitLimitMs + 1]),
        ReplicaWaitTime: unreadableGauge(),
      },
    ],
    ['steady', 'the wait time is at its limit', { PrimaryWaitTime: minutely([waitLimitMs]) }],
    ['frozen', 'the wait time is above its limit', { PrimaryWaitTime: minutely([waitLimitMs + 1]) }],
    ['frozen', "the replica's wait time is above its limit", { ReplicaWaitTime: minutely([waitLimitMs + 1]) }],
    [
      'frozen',
      'the lag stands still while the wait time grows with the clock',
      { TotalReplicationLag: minutely([2_080, 2_080, 2_080]), PrimaryWaitTime: minutely([10_000, 70_000, 130_000]) },
    ],
    [
      'steady',
      'the lag stands still but the wait time does not grow',
      { TotalReplicationLag: minutely([2_080, 2_080, 2_080]), PrimaryWaitTime: minutely([50_000, 52_000, 49_000]) },
    ],
    [
      'steady',
      'two equal lags are too few to call it frozen',
      { TotalReplicationLag: minutely([2_080, 2_080]), PrimaryWaitTime: minutely([70_000, 130_000]) },
    ],
    ['absent', 'no wait time has points', { PrimaryWaitTime: minutely([]), ReplicaWaitTime: minutely([]) }],
    [
      'absent',
      'wait times are too old',
      { PrimaryWaitTime: minutely([1_000], freshMs + 1), ReplicaWaitTime: minutely([1_000], freshMs + 1) },
    ],
    [
      'steady',
      'the only wait time is fresh to the millisecond',
      { PrimaryWaitTime: minutely([1_000], freshMs), ReplicaWaitTime: minutely([]) },
    ],
    [
      'absent',
      'neither wait time can be read',
      { PrimaryWaitTime: unreadableGauge(), ReplicaWaitTime: unreadableGauge() },
    ],
    [
      'draining',
      'a backlog shrinks although the wait times are gone',
      { PrimaryWaitTime: minutely([]), ReplicaWaitTime: minutely([]), QueueSize: minutely([9_000, 8_000]) },
    ],
  ])('is %s when %s', (verdict, _label, changes) => {
    expect(withGauges(changes)).toBe(verdict);
  });

  it('tells a gauge that cannot be read from one without points', () => {
    const gauges = healthyGauges({ PrimaryWaitTime: unreadableGauge('access denied'), QueueSize: minutely([]) });
    const { evidence, backlogEvents } = judgeReplication(look({ gauges }));
    expect(evidence).toContain('PrimaryWaitTime cannot be read: access denied');
    expect(evidence).toContain('QueueSize has no points');
    expect(backlogEvents).toBeUndefined();
  });

  it('shows no value of a point that is too old', () => {
    const gauges = healthyGauges({ QueueSize: minutely([900], freshMs + 1) });
    const judgement = judgeReplication(look({ gauges }));
    expect(judgement).not.toHaveProperty('backlogEvents');
    expect(judgement.evidence).toContain('QueueSize 900, 240 s old');
  });

  it("falls back on the replica's own lag", () => {
    const gauges = healthyGauges({ TotalReplicationLag: minutely([]) });
    expect(judgeReplication(look({ gauges })).lagMs).toBe(2_900);
  });
});
