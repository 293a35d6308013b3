import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeReplication } from '../../functions/brokers/lag-verdict.ts';
import type { GaugeReading } from '../../functions/brokers/replication-gauges.ts';
import { freshMs } from '../../functions/brokers/replication-limits.ts';
import { decisionId } from '../../functions/control/decision-id.ts';
import { predictLoss } from '../../functions/promotion/predicted-loss.ts';
import { known, noonMs, pairedEast, pairedWest, unreadable } from '../support/brokers.ts';

const parts = fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 6 });

const gauge: fc.Arbitrary<GaugeReading> = fc.oneof(
  fc.record({ known: fc.constant(false as const), reason: fc.string() }),
  fc
    .array(fc.record({ ageMs: fc.integer({ min: 0, max: 600_000 }), value: fc.nat({ max: 1_000_000 }) }), {
      maxLength: 8,
    })
    .map((points) => ({
      known: true as const,
      points: points.map(({ ageMs, value }) => ({ atMs: noonMs - ageMs, value })).sort((a, b) => a.atMs - b.atMs),
    })),
);

describe('decisionId', () => {
  it('never gives two different lists of parts one id', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(decisionId(...a) === decisionId(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
        expect(decisionId(...a)).toMatch(/^[0-9a-f]{32}$/);
      }),
      { numRuns: 500 },
    );
  });

  it('tells apart what only differs in where a part ends', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (a, b) => {
        expect(decisionId(a + b)).not.toBe(decisionId(a, b));
        expect(decisionId(a, b, '')).not.toBe(decisionId(a, b));
      }),
      { numRuns: 200 },
    );
  });
});

describe('predictLoss', () => {
  it('is known exactly when the newest point is fresh', () => {
    fc.assert(
      fc.property(gauge, (reading) => {
        const newest = reading.known ? reading.points.at(-1) : undefined;
        const fresh = newest !== undefined && noonMs - newest.atMs <= freshMs;
        const loss = predictLoss(reading, noonMs);
        expect(loss.known).toBe(fresh);
        if (loss.known) expect(loss.events).toBe(newest?.value);
      }),
      { numRuns: 500 },
    );
  });
});

describe('judgeReplication', () => {
  it('never calls replication healthy without a fresh wait time, and never exchanged without a primary target', () => {
    const gauges = fc.record({
      TotalReplicationLag: gauge,
      PrimaryWaitTime: gauge,
      QueueSize: gauge,
      ReplicationLag: gauge,
      ReplicaWaitTime: gauge,
    });
    const counterpart = fc.constantFrom(known(pairedEast()), unreadable());
    fc.assert(
      fc.property(gauges, counterpart, (given, other) => {
        const judgement = judgeReplication({
          atMs: noonMs,
          target: known(pairedWest()),
          counterpart: other,
          gauges: given,
        });
        expect(judgement.verdict).not.toBe('exchanged');
        if (judgement.verdict === 'steady' || judgement.verdict === 'lagging') {
          expect(judgement.waitTimeMs).toBeDefined();
        }
        expect(judgement.evidence.length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 500 },
    );
  });
});
