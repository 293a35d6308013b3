import { describe, expect, it } from 'vitest';
import type { ApiCallRecord, BrokerStateRecord, VerdictRecord } from '../../../../gameday/journal/journal.ts';
import { lostRegionCalls } from '../../../../gameday/journal/lost-region-calls.ts';

const broker = (brokerId: string, region: string): BrokerStateRecord => ({
  atMs: 0,
  pair: 'orders',
  brokerId,
  brokerName: brokerId,
  region,
  role: 'primary',
  state: 'RUNNING',
  serves: true,
});

const call = (atMs: number, region: string, caller: string, operation = 'DescribeBroker'): ApiCallRecord => ({
  atMs,
  endedAtMs: atMs,
  region,
  service: 'mq',
  operation,
  outcome: 'ok',
  caller,
  request: { brokerId: 'west' },
});

const verdict: VerdictRecord = { atMs: 30, pair: 'orders', verdict: 'exchanged', region: 'us-west-2', fields: {} };
const brokers = [broker('east', 'us-east-1'), broker('west', 'us-west-2')];
const promote = (machine: string) => call(20, 'us-west-2', `${machine} run-1: request-failover`, 'Promote');

const found = (calls: readonly ApiCallRecord[], verdicts = [verdict]): readonly number[] =>
  lostRegionCalls({ apiCalls: calls, brokers, verdicts }).map(({ atMs }) => atMs);

describe('lostRegionCalls', () => {
  it('finds every call of the failover run to the old primary until the promotion is verified', () => {
    const calls = [
      call(5, 'us-east-1', 'failover run-1: assess-failover/1'),
      promote('failover'),
      call(25, 'us-east-1', 'failover run-1: observe-failover'),
      call(40, 'us-east-1', 'failover run-1: record-fence'),
    ];
    expect(found(calls)).toEqual([5, 25]);
    expect(found(calls, [])).toEqual([5, 25, 40]);
  });

  it('leaves out its own Region, other runs, and switchovers that escalated', () => {
    const others = [
      call(5, 'us-west-2', 'failover run-1: assess-failover'),
      call(6, 'us-east-1', 'failover run-10: assess-failover'),
      call(7, 'us-east-1', 'event us-east-1: write-heartbeat'),
    ];
    expect(found([...others, promote('failover')])).toEqual([]);
    expect(found([call(5, 'us-east-1', 'switchover run-1: observe-switchover'), promote('switchover')])).toEqual([]);
  });
});
