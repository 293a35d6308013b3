import { describe, expect, it } from 'vitest';
import type { BrokerReading } from '../../../functions/brokers/broker-snapshot.ts';
import type { GaugeReadings } from '../../../functions/brokers/replication-gauges.ts';
import { takeHeartbeat } from '../../../functions/watch/take-heartbeat.ts';
import {
  eastRef,
  known,
  minutely,
  noonMs,
  pairedEast,
  pairedWest,
  unreadable,
  unreadableGauge,
  westRef,
} from '../../support/brokers.ts';
import { FakeClock } from '../../support/fake-ports.ts';

const gauges: GaugeReadings = { CurrentConnectionsCount: minutely([3, 5]), QueueSize: minutely([40, 12]) };

const take = (reading: BrokerReading, read: GaugeReadings = gauges, previous?: Parameters<typeof takeHeartbeat>[1]) =>
  takeHeartbeat(eastRef, previous, {
    clock: new FakeClock(),
    brokers: { tryDescribe: async () => reading },
    probe: async () => ({ state: 'accepts', opened: 'amqp' }),
    metrics: { read: async () => read },
  });

describe('takeHeartbeat', () => {
  it('says what the Region sees of its primary', async () => {
    expect(await take(known(pairedEast()))).toEqual({
      region: 'us-east-1',
      atMs: noonMs,
      brokerId: eastRef.brokerId,
      role: 'primary',
      state: 'RUNNING',
      endpoint: 'accepts',
      opened: 'amqp',
      beatingSinceMs: noonMs,
      connections: 5,
      backlogEvents: 12,
      backlogAtMs: noonMs - 60_000,
    });
  });

  it('has no backlog for a replica', async () => {
    expect(await take(known(pairedWest()))).not.toHaveProperty('backlogEvents');
  });

  it('leaves out what no metric says', async () => {
    const heartbeat = await take(known(pairedEast()), {
      QueueSize: unreadableGauge(),
      CurrentConnectionsCount: minutely([]),
    });
    expect(heartbeat).not.toHaveProperty('backlogEvents');
    expect(heartbeat).not.toHaveProperty('connections');
  });

  it('is a sign of life even when the broker cannot be read', async () => {
    expect(await take(unreadable())).toMatchObject({
      role: 'unknown',
      state: 'unknown',
      endpoint: 'none',
      opened: 'nothing',
    });
  });

  it.each([
    ['goes on', 180_000, noonMs - 3_600_000],
    ['begins again after a silence', 180_001, noonMs],
  ])('%s when the one before is %d ms old', async (_label, ageMs, beatingSinceMs) => {
    const previous = { ...(await take(known(pairedEast()))), atMs: noonMs - ageMs, beatingSinceMs: noonMs - 3_600_000 };
    expect(await take(known(pairedEast()), gauges, previous)).toMatchObject({ beatingSinceMs });
  });

  it('counts from the one before when that did not say since when', async () => {
    const previous = {
      region: 'us-east-1',
      atMs: noonMs - 60_000,
      brokerId: westRef.brokerId,
      role: 'primary',
      state: 'RUNNING',
      endpoint: 'accepts',
    } as const;
    expect(await take(known(pairedEast()), gauges, previous)).toMatchObject({ beatingSinceMs: noonMs - 60_000 });
  });
});
