import { describe, expect, it } from 'vitest';
import { failoverTimelinesOf } from '../../../../gameday/journal/failover-timeline.ts';
import type { Journal } from '../../../../gameday/journal/journal.ts';
import { sampleJournal } from '../report/sample-journal.ts';

const startMs = Date.UTC(2026, 0, 5, 9);
const at = (seconds: number): number => startMs + seconds * 1_000;

/** us-east-1 dark at 100 s, a watch at 300 s, agreement at 330 s, Promote at 331 s, the first message at 335 s. */
const journal = (changes: Partial<Journal['records']> = {}, served = true): Journal => {
  const sample = sampleJournal();
  const brokers = (['east', 'west'] as const).map((brokerId) => ({
    atMs: startMs,
    pair: 'orders',
    brokerId,
    brokerName: brokerId,
    region: brokerId === 'east' ? 'us-east-1' : 'us-west-2',
    role: brokerId === 'east' ? 'primary' : 'replica',
    state: 'RUNNING',
    serves: brokerId === 'east',
  }));
  const outage = { fromMs: at(99), firstFailureMs: at(100), toMs: at(335), failedAttempts: 9 };
  return {
    ...sample,
    traffic: sample.traffic.map((traffic) => ({
      ...traffic,
      sends: { longestMs: 0, totalMs: 0, outages: served ? [outage] : [] },
    })),
    records: {
      ...sample.records,
      brokers,
      faults: [{ atMs: at(100), name: 'Region us-east-1', description: 'dark', region: 'us-east-1' }],
      verdicts: [{ atMs: at(330), pair: 'orders', verdict: 'agree', region: 'us-west-2', fields: {} }],
      workflows: [
        {
          run: 'watch',
          machine: 'watch',
          region: 'us-west-2',
          status: 'SUCCEEDED',
          startedAtMs: at(300),
          endedAtMs: at(340),
          transitions: 1,
          historyEvents: 1,
          output: null,
        },
      ],
      apiCalls: [
        {
          atMs: at(331),
          endedAtMs: at(331),
          region: 'us-west-2',
          service: 'mq',
          operation: 'Promote',
          outcome: 'ok',
          caller: 'failover x: request-failover',
          request: { brokerId: 'west', mode: 'FAILOVER' },
        },
      ],
      ...changes,
    },
  };
};

describe('failoverTimelinesOf', () => {
  it('splits the time from the blackout to the first message into parts that add up', () => {
    expect(failoverTimelinesOf(journal())).toEqual([
      {
        pair: 'orders',
        blackoutAtMs: at(100),
        firstSignalMs: 200_000,
        agreementMs: 30_000,
        promoteMs: 1_000,
        firstMessageMs: 4_000,
      },
    ]);
  });

  it('says null for a watch and a message that never were', () => {
    expect(failoverTimelinesOf(journal({ workflows: [], verdicts: [] }, false))).toMatchObject([
      { firstSignalMs: null, agreementMs: null, promoteMs: 231_000, firstMessageMs: null },
    ]);
  });

  it('knows nothing of failovers while every Region answered', () => {
    const over = { atMs: at(100), endedAtMs: at(200), name: 'x', description: 'dark', region: 'us-east-1' };
    expect(failoverTimelinesOf(journal({ faults: [over] }))).toEqual([]);
    expect(failoverTimelinesOf(journal({ faults: [] }))).toEqual([]);
  });
});
