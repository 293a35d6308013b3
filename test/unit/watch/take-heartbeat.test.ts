import { describe, expect, it } from 'vitest';
import type { BrokerReading } from '../../../functions/brokers/broker-snapshot.ts';
import type { GaugeReadings } from '../../../functions/brokers/replication-gauges.ts';
import { type BeatBefore, takeHeartbeat } from '../../../functions/watch/take-heartbeat.ts';
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

const take = (
  reading: BrokerReading,
  read: GaugeReadings = gauges,
  { previous, clockSkewMs }: Partial<BeatBefore> = {},
) =>
  takeHeartbeat(
    eastRef,
    { previous, clockSkewMs },
    {
      clock: new FakeClock(),
      brokers: { tryDescribe: async () => reading },
      probe: async () => ({ state: 'accepts', opened: 'amqp' }),
      metrics: { read: async () => read },
    },
  );

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
    expect(await take(known(pairedEast()), gauges, { previous })).toMatchObject({ beatingSinceMs });
  });

  const lastKnown = { backlogEvents: 40, backlogAtMs: noonMs - 240_000 };

  it.each([
    ['a broker that cannot be read', unreadable(), gauges],
    ['a primary without the metric', known(pairedEast()), {}],
  ])('hands on what was known last of the backlog of %s', async (_label, reading, read) => {
    const previous = { ...(await take(known(pairedEast()))), ...lastKnown };
    expect(await take(reading, read, { previous })).toMatchObject(lastKnown);
    expect(await take(reading, read, { previous: { ...previous, brokerId: westRef.brokerId } })).not.toHaveProperty(
      'backlogEvents',
    );
  });

  it('forgets the backlog of a broker that is a replica by now', async () => {
    const previous = { ...(await take(known(pairedEast()))), ...lastKnown };
    expect(await take(known(pairedWest()), gauges, { previous })).not.toHaveProperty('backlogEvents');
  });

  it('says by how much the clock is off, if that is known', async () => {
    expect(await take(known(pairedEast()), gauges, { clockSkewMs: -300_000 })).toMatchObject({ clockSkewMs: -300_000 });
    expect(await take(known(pairedEast()))).not.toHaveProperty('clockSkewMs');
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
    expect(await take(known(pairedEast()), gauges, { previous })).toMatchObject({ beatingSinceMs: noonMs - 60_000 });
  });
});
