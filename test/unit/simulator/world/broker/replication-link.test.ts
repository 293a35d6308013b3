import { describe, expect, it } from 'vitest';
import { type CrdrSettingsInput, crdrSettingsSchema } from '../../../../../simulator/world/broker/crdr-settings.ts';
import type { ReplicationEvent } from '../../../../../simulator/world/broker/replication-events.ts';
import { ReplicationLink } from '../../../../../simulator/world/broker/replication-link.ts';

const ack = (key: string): ReplicationEvent => ({ kind: 'ack', queue: 'q', key });
const send = (key: string, size = 10): ReplicationEvent => ({
  kind: 'send',
  queue: 'q',
  message: {
    key,
    id: `ID:${key}`,
    bytes: Buffer.alloc(size),
    idFromClient: true,
    durable: true,
    expiresAtMs: undefined,
    groupId: undefined,
    deliveryCount: 0,
  },
});

/** A link that starts and is connected at 0; its first batch leaves at 5,000, its first acknowledgement at 5,500. */
const connectedLink = (settings: CrdrSettingsInput = {}) => {
  const applied: string[] = [];
  const reached: number[] = [];
  const link = new ReplicationLink({
    settings: crdrSettingsSchema.parse({ ackOffsetMs: 500, linkLatencyMs: 0, ...settings }),
    startMs: 0,
    random: () => 0.5,
    apply: (event) => applied.push(event.kind === 'send' ? event.message.key : event.kind),
    onFailOverReached: (atMs) => reached.push(atMs),
  });
  link.connect(0);
  return { link, applied, reached };
};

describe('ReplicationLink', () => {
  it('sends what has gathered at each batch period, in order', () => {
    const { link, applied } = connectedLink();
    link.append(send('m1'), 1_000);
    link.append(send('m2'), 2_000);
    link.advance(4_999);
    expect(applied).toEqual([]);
    link.advance(5_010);
    expect(applied).toEqual(['m1', 'm2']);
    link.append(send('m3'), 5_020);
    link.advance(9_999);
    expect(applied).toEqual(['m1', 'm2']);
    link.advance(10_010);
    expect(applied).toEqual(['m1', 'm2', 'm3']);
  });

  it('keeps an event until its acknowledgement has crossed back', () => {
    const { link } = connectedLink({ linkLatencyMs: 100 });
    link.append(send('m1'), 1_000);
    link.advance(5_599);
    expect(link.log.unacknowledged).toBe(1);
    link.advance(5_600);
    expect(link.log.unacknowledged).toBe(0);
  });

  it('shows a lag of 5 to 12 s under steady traffic and for heartbeats alone, at any phase of the acknowledgements', () => {
    for (const ackOffsetMs of [0, 700, 2_500, 4_999]) {
      for (const traffic of [true, false]) {
        const { link } = connectedLink({ ackOffsetMs, linkLatencyMs: 35 });
        for (let nowMs = 100; nowMs < 600_000; nowMs += 100) {
          if (traffic) link.append(send(`m${nowMs}`), nowMs);
          link.advance(nowMs);
          const lagMs = link.gauges().totalReplicationLagMs;
          if (nowMs < 100_000 || lagMs === undefined) continue;
          expect(lagMs).toBeGreaterThanOrEqual(4_990);
          expect(lagMs).toBeLessThanOrEqual(12_000);
        }
      }
    }
  });

  it('lets the wait times of an idle pair saw-tooth up to 60 to 75 s', () => {
    const { link } = connectedLink({ ackOffsetMs: 2_500, linkLatencyMs: 35 });
    const highest = { primary: 0, replica: 0 };
    const lowest = { primary: Number.POSITIVE_INFINITY, replica: Number.POSITIVE_INFINITY };
    for (let nowMs = 100_000; nowMs < 1_000_000; nowMs += 500) {
      link.advance(nowMs);
      const { primaryWaitTimeMs = 0, replicaWaitTimeMs = 0 } = link.gauges();
      highest.primary = Math.max(highest.primary, primaryWaitTimeMs);
      highest.replica = Math.max(highest.replica, replicaWaitTimeMs);
      lowest.primary = Math.min(lowest.primary, primaryWaitTimeMs);
      lowest.replica = Math.min(lowest.replica, replicaWaitTimeMs);
    }
    expect(Math.min(highest.primary, highest.replica)).toBeGreaterThan(59_000);
    expect(Math.max(highest.primary, highest.replica)).toBeLessThan(75_000);
    expect(Math.max(lowest.primary, lowest.replica)).toBeLessThan(12_000);
  });

  it('has no gauges before the first event', () => {
    const { link } = connectedLink();
    link.advance(59_000);
    expect(Object.values(link.gauges())).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('sends at most 500 events or 5 MB in a batch', () => {
    const { link, applied } = connectedLink({ linkEventsPerSecond: 1_000 });
    for (let n = 0; n < 1_200; n++) link.append(send(`m${n}`), 1_000);
    link.advance(5_499);
    expect(applied).toHaveLength(0);
    link.advance(5_501);
    expect(applied).toHaveLength(500);
    link.advance(6_199);
    expect(applied).toHaveLength(1_000);
    link.advance(6_201);
    expect(applied).toHaveLength(1_200);
    const large = connectedLink({ linkEventsPerSecond: 1 });
    for (let n = 0; n < 4; n++) large.link.append(send(`m${n}`, n === 0 ? 6_000_000 : 2_000_000), 1_000);
    large.link.advance(6_000);
    expect(large.applied).toHaveLength(1);
    large.link.advance(8_000);
    expect(large.applied).toHaveLength(3);
  });

  it('drains a backlog at the rate of the link, also when the rate changes in the middle of a batch', () => {
    const { link } = connectedLink({ linkEventsPerSecond: 1_000, heartbeatPeriodMs: 1e9 });
    link.appendSynthetic(1_000_000, 1_000, 0, 0);
    link.advance(5_000 + 100_000 + 499);
    expect(link.log.unacknowledged).toBeGreaterThanOrEqual(900_000);
    expect(link.log.unacknowledged).toBeLessThanOrEqual(905_500);
    link.setRate(250, 105_600);
    link.advance(205_600);
    const left = link.log.unacknowledged;
    expect(left).toBeGreaterThan(874_000);
    expect(left).toBeLessThan(877_000);
    link.setRate(0, 205_600);
    link.advance(405_600);
    expect(link.log.unacknowledged).toBeGreaterThan(874_000);
    link.setRate(10_000, 405_600);
    link.advance(405_600 + 100_000);
    expect(link.log.unacknowledged).toBe(0);
  });

  it('lets the rest of a batch cross at the new rate', () => {
    const { link, applied } = connectedLink({ linkEventsPerSecond: 100 });
    for (let n = 0; n < 500; n++) link.append(send(`m${n}`), 1_000);
    link.setRate(1_000, 7_500);
    link.advance(7_749);
    expect(applied).toEqual([]);
    link.advance(7_751);
    expect(applied).toHaveLength(500);
  });

  it('shows the age of the backlog as lag while it drains', () => {
    const { link } = connectedLink({ heartbeatPeriodMs: 1e9 });
    link.advance(3_600_000);
    link.appendSynthetic(100_000, 1_000, 3_600_000, 3_600_000);
    link.advance(3_611_000);
    expect(link.gauges().totalReplicationLagMs).toBeGreaterThan(3_000_000);
    link.advance(3_800_000);
    expect(link.gauges().totalReplicationLagMs).toBeLessThan(1_000_000);
    expect(link.gauges().totalReplicationLagMs).toBeGreaterThan(90_000);
  });

  it('sends again what was not acknowledged when it was cut, and the replica applies it once', () => {
    const { link, applied } = connectedLink();
    link.append(send('m1'), 1_000);
    link.advance(5_100);
    link.disconnect(5_100);
    link.append(send('m2'), 6_000);
    link.advance(100_000);
    expect(applied).toEqual(['m1']);
    expect(link.log.unacknowledged).toBe(3);
    link.connect(100_000);
    link.advance(110_000);
    expect(applied).toEqual(['m1', 'm2']);
    expect(link.log.unacknowledged).toBe(0);
  });

  it('loses a batch that is on its way when it is cut', () => {
    const { link, applied } = connectedLink({ linkLatencyMs: 100 });
    link.append(send('m1'), 1_000);
    link.advance(5_050);
    link.disconnect(5_050);
    link.advance(6_000);
    expect(applied).toEqual([]);
    link.connect(6_000);
    link.advance(12_000);
    expect(applied).toEqual(['m1']);
  });

  it('drops a message that was sent and acknowledged while it was cut, but not one that may have crossed', () => {
    const { link, applied } = connectedLink();
    link.append(send('crossed'), 1_000);
    link.advance(5_100);
    link.disconnect(5_100);
    link.append(send('passing'), 6_000);
    link.append(ack('passing'), 7_000);
    link.append(ack('crossed'), 8_000);
    link.append(send('staying'), 9_000);
    expect(link.log.unacknowledged).toBe(3);
    link.connect(10_000);
    link.advance(30_000);
    expect(applied).toEqual(['crossed', 'ack', 'staying']);
    expect(link.log.unacknowledged).toBe(0);
  });

  it('reaches FAIL_OVER behind everything else, with an acknowledgement of the replica', () => {
    const { link, applied, reached } = connectedLink({ linkEventsPerSecond: 100 });
    for (let n = 0; n < 700; n++) link.append(send(`m${n}`), 1_000);
    link.appendFailOver(2_000);
    link.appendFailOver(3_000);
    link.advance(15_400);
    expect(reached).toEqual([]);
    expect(link.nextPromotionCheckMs()).toBe(15_500);
    link.advance(60_000);
    expect(applied).toHaveLength(700);
    expect(reached).toEqual([15_500]);
    expect(link.nextPromotionCheckMs()).toBeUndefined();
  });

  it('works off everything but FAIL_OVER while it is stuck', () => {
    const { link, applied, reached } = connectedLink();
    link.setStuck(true, 0);
    link.append(send('m1'), 1_000);
    link.appendFailOver(2_000);
    link.advance(3_600_000);
    expect([applied, reached]).toEqual([['m1'], []]);
    link.setStuck(false, 3_600_000);
    link.advance(3_606_000);
    expect(reached).toEqual([3_600_500]);
  });

  it('gives no heartbeats while the source is down', () => {
    const { link } = connectedLink();
    link.disconnect(1_000);
    link.setSourceUp(false, 1_000);
    link.advance(3_600_000);
    expect(link.log.unacknowledged).toBe(0);
    link.setSourceUp(true, 3_600_000);
    link.advance(3_600_000 + 130_000);
    expect(link.log.unacknowledged).toBe(2);
  });

  it('gets to the same state in one step as in many', () => {
    const run = (stepMs: number) => {
      const { link, applied } = connectedLink({ linkLatencyMs: 35, linkEventsPerSecond: 37 });
      for (let nowMs = 0; nowMs <= 300_000; nowMs += 10) {
        if (nowMs % 330 === 0 && nowMs < 200_000) link.append(send(`m${nowMs}`), nowMs);
        if (nowMs % stepMs === 0) link.advance(nowMs);
      }
      link.advance(300_000);
      return { gauges: link.gauges(), applied, left: link.log.unacknowledged };
    };
    expect(run(10)).toEqual(run(100_000));
  });
});

describe('crdrSettingsSchema', () => {
  it('refuses unknown and impossible settings by name', () => {
    expect(() => crdrSettingsSchema.parse({ linkRate: 5 })).toThrow(/linkRate/);
    expect(() => crdrSettingsSchema.parse({ sourceBatchPeriodMs: 0 })).toThrow(/sourceBatchPeriodMs/);
    expect(() => crdrSettingsSchema.parse({ tellOldPrimaryAfterMs: 'never' })).toThrow(/tellOldPrimaryAfterMs/);
  });
});
