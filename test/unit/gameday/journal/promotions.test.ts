import { describe, expect, it } from 'vitest';
import type { ApiCallRecord, BrokerStateRecord, VerdictRecord } from '../../../../gameday/journal/journal.ts';
import { derivePromotions, type PromotionFacts } from '../../../../gameday/journal/promotions.ts';
import type { Outage } from '../../../../gameday/traffic/outages.ts';

const broker = (name: 'east' | 'west', atMs: number, role: string, serves: boolean): BrokerStateRecord => ({
  atMs,
  pair: 'orders',
  brokerId: name,
  brokerName: name,
  region: name === 'east' ? 'us-east-1' : 'us-west-2',
  role,
  state: 'RUNNING',
  serves,
});

const promote = (atMs: number, brokerId: string, mode: string, outcome = 'ok'): ApiCallRecord => ({
  atMs,
  endedAtMs: atMs,
  region: 'us-west-2',
  service: 'mq',
  operation: 'Promote',
  outcome,
  caller: '',
  request: { brokerId, mode },
});

const verdict = (atMs: number, text: string): VerdictRecord => ({
  atMs,
  pair: 'orders',
  verdict: text,
  region: 'us-west-2',
  fields: {},
});

const before = [broker('east', 0, 'primary', true), broker('west', 0, 'replica', false)];

const facts = (overrides: Partial<PromotionFacts>): PromotionFacts => ({
  apiCalls: [],
  brokers: before,
  verdicts: [],
  traffic: [],
  endMs: 100_000,
  ...overrides,
});

const traffic = (...outages: readonly Outage[]): PromotionFacts['traffic'] =>
  [
    { pair: 'orders', startedAtMs: 0, stoppedAtMs: 90_000, sends: { longestMs: 0, totalMs: 0, outages } },
  ] as unknown as PromotionFacts['traffic'];

describe('derivePromotions', () => {
  it('takes a switchover for complete when both roles are exchanged and the target serves', () => {
    const [promotion] = derivePromotions(
      facts({
        apiCalls: [promote(10_000, 'west', 'SWITCHOVER')],
        brokers: [
          ...before,
          broker('east', 10_000, 'primary', false),
          broker('west', 15_000, 'primary', false),
          broker('west', 18_000, 'primary', true),
          broker('east', 19_000, 'replica', false),
        ],
        verdicts: [verdict(12_000, 'draining'), verdict(22_000, 'exchanged')],
      }),
    );
    expect(promotion).toMatchObject({
      pair: 'orders',
      mode: 'SWITCHOVER',
      region: 'us-west-2',
      requestedAtMs: 10_000,
      completedAtMs: 19_000,
      detectedAtMs: 22_000,
      unavailableMs: 8_000,
      unavailableFrom: 'brokers',
    });
  });

  it('takes a failover for complete when the target serves, whatever the old primary does', () => {
    const [promotion] = derivePromotions(
      facts({
        apiCalls: [promote(10_000, 'west', 'FAILOVER')],
        brokers: [...before, broker('west', 12_500, 'primary', true)],
      }),
    );
    expect(promotion).toMatchObject({ completedAtMs: 12_500, unavailableMs: 0 });
    expect(promotion).not.toHaveProperty('detectedAtMs');
  });

  it('leaves a stalled switchover incomplete, and gives each second of the outage to one promotion', () => {
    const promotions = derivePromotions(
      facts({
        apiCalls: [promote(10_000, 'west', 'SWITCHOVER'), promote(40_000, 'west', 'FAILOVER')],
        brokers: [...before, broker('east', 10_000, 'primary', false), broker('west', 43_000, 'primary', true)],
        traffic: traffic({ fromMs: 9_750, firstFailureMs: 10_250, toMs: 44_000, failedAttempts: 30 }),
      }),
    );
    expect(promotions.map(({ completedAtMs, unavailableMs }) => [completedAtMs, unavailableMs])).toEqual([
      [undefined, 30_250],
      [43_000, 4_000],
    ]);
  });

  it('does not blame a promotion for the outage of the next one, whose last success came before its request', () => {
    const promotions = derivePromotions(
      facts({
        apiCalls: [promote(10_000, 'west', 'SWITCHOVER'), promote(40_000, 'east', 'SWITCHOVER')],
        traffic: traffic(
          { fromMs: 9_800, firstFailureMs: 10_050, toMs: 18_800, failedAttempts: 9 },
          { fromMs: 39_800, firstFailureMs: 40_050, toMs: 48_800, failedAttempts: 9 },
        ),
      }),
    );
    expect(promotions.map(({ unavailableMs }) => unavailableMs)).toEqual([9_000, 9_000]);
  });

  it('ignores calls that the service refused and brokers that it does not know', () => {
    const apiCalls = [promote(1, 'west', 'SWITCHOVER', 'BadRequestException'), promote(2, 'north', 'SWITCHOVER')];
    expect(derivePromotions(facts({ apiCalls }))).toEqual([]);
  });
});
