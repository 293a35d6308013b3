import { describe, expect, it } from 'vitest';
import type { GaugeReadings } from '../../../functions/brokers/replication-gauges.ts';
import { freshMs, waitLimitMs } from '../../../functions/brokers/replication-limits.ts';
import { proveReplication } from '../../../functions/replica/replication-proof.ts';
import { healthyGauges, minutely, noonMs, unreadableGauge } from '../../support/brokers.ts';

const longAgoMs = noonMs - 600_000;

describe('proveReplication', () => {
  it('is proven by fresh wait times on both sides and an acknowledged event', () => {
    const { proven, evidence } = proveReplication(healthyGauges(), longAgoMs, noonMs);
    expect(proven).toBe(true);
    expect(evidence).toEqual([
      'PrimaryWaitTime is 3000 ms',
      'ReplicaWaitTime is 2000 ms',
      'TotalReplicationLag is 7200 ms',
    ]);
  });

  it('accepts a point as old as the limit and a wait time as high as the limit', () => {
    const gauges = healthyGauges({ PrimaryWaitTime: minutely([waitLimitMs], freshMs) });
    expect(proveReplication(gauges, longAgoMs, noonMs).proven).toBe(true);
  });

  it.each<[string, GaugeReadings, RegExp]>([
    ['a point is too old', { ReplicaWaitTime: minutely([1_000], freshMs + 1) }, /ReplicaWaitTime has no fresh point/],
    ['a wait time is too high', { PrimaryWaitTime: minutely([waitLimitMs + 1]) }, /180001 ms, above 180000 ms/],
    ['nothing was acknowledged', { TotalReplicationLag: minutely([]) }, /TotalReplicationLag has no fresh point/],
    ['a gauge was not asked for', { ReplicaWaitTime: undefined } as unknown as GaugeReadings, /has no fresh point/],
    ['a Region is unreadable', { PrimaryWaitTime: unreadableGauge() }, /PrimaryWaitTime cannot be read: CloudWatch/],
  ])('is not proven when %s', (_label, changes, line) => {
    const { proven, evidence } = proveReplication(healthyGauges(changes), longAgoMs, noonMs);
    expect(proven).toBe(false);
    expect(evidence).toHaveLength(3);
    expect(evidence.join('\n')).toMatch(line);
  });

  it('takes no point from before the instant that replication is to be proven for', () => {
    const newestMs = noonMs - 60_000;
    expect(proveReplication(healthyGauges(), newestMs, noonMs).proven).toBe(true);
    expect(proveReplication(healthyGauges(), newestMs + 1, noonMs).proven).toBe(false);
  });

  it('does not judge the height of the lag, which is high after a role change', () => {
    expect(
      proveReplication(healthyGauges({ TotalReplicationLag: minutely([500_000]) }), longAgoMs, noonMs).proven,
    ).toBe(true);
  });
});
