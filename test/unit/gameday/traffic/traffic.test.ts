import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  Traffic,
  type TrafficNotice,
  type TrafficPlan,
  type TrafficResult,
} from '../../../../gameday/traffic/traffic.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { ActiveMqBroker } from '../../../../simulator/world/broker/active-mq-broker.ts';
import type { StoreContents } from '../../../../testbed/accounting.ts';

const plan: TrafficPlan = {
  pair: 'orders',
  queues: ['orders.placed', 'orders.shipped'],
  producers: 2,
  consumers: 2,
  ratePerSecond: 4,
  bodyBytes: 64,
};

interface CliIo {
  readonly clock: VirtualClock;
  readonly east: ActiveMqBroker;
  readonly west: ActiveMqBroker;
  readonly notices: TrafficNotice[];
  readonly start: (overrides?: Partial<TrafficPlan>) => Traffic;
  /** Called with each new client stream. */
  onConnect: (stream: Duplex) => void;
  /** Hosts whose consumers are held. */
  readonly held: Set<string>;
}

const password = 'correct horse battery';

const environment = (givenPassword = password): CliIo => {
  const clock = new VirtualClock({ startMs: 0, watchdogMs: 5_000 });
  const broker = (brokerName: string, region: string): ActiveMqBroker =>
    new ActiveMqBroker({
      brokerId: `b-${brokerName}`,
      brokerName,
      region,
      nowMs: () => clock.nowMs(),
      authenticate: (_user, given) => given === password,
    });
  const east = broker('east', 'us-east-1');
  const west = broker('west', 'us-west-2');
  west.powerOff();
  const notices: TrafficNotice[] = [];
  const world: CliIo = {
    clock,
    east,
    west,
    notices,
    onConnect: () => {},
    held: new Set(),
    start: (overrides = {}) =>
      new Traffic(
        { ...plan, ...overrides },
        clock,
        {
          clock,
          random: () => 0.5,
          credentials: { username: 'application', password: givenPassword },
          endpoints: () => [
            { host: 'east', port: 5671 },
            { host: 'west', port: 5671 },
          ],
          consumes: ({ host }) => !world.held.has(host),
          connect: async ({ host }) => {
            const stream = (host === 'east' ? east : west).connect();
            world.onConnect(stream);
            return stream;
          },
        },
        (notice) => notices.push(notice),
      ),
  };
  return world;
};

const stores = (...brokers: readonly ActiveMqBroker[]): readonly StoreContents[] =>
  brokers.flatMap((broker) =>
    [...broker.queueDepths().keys()].map((queue) => ({
      brokerId: broker.brokerId,
      queue,
      serves: broker.acceptsClients,
      messageIds: broker.messages(queue).map(({ id }) => id.replace(/^ID:/, '')),
    })),
  );

describe('Traffic', () => {
  it('sends at the set rate, processes everything once, and sees no outage', async () => {
    const { clock, east, west, start } = environment();
    const result = await clock.run('test', async () => {
      const traffic = start();
      await clock.sleepMs(60_000);
      await traffic.stop();
      return traffic.result(stores(east, west));
    });
    expect(result.messages).toMatchObject({
      confirmed: 240,
      processedOnce: 240,
      lost: 0,
      processedTwice: 0,
      queued: 0,
    });
    expect(result.drained).toBe(true);
    expect(result.sends.outages).toEqual([]);
    expect(result.deliveries.outages).toEqual([]);
    expect(result.buckets.reduce((total, bucket) => total + bucket.confirmed, 0)).toBe(240);
  });

  it('follows the broker that accepts it, and measures how long none did', async () => {
    const { clock, east, west, notices, start } = environment();
    const result = await clock.run('test', async () => {
      const traffic = start();
      await clock.sleepMs(30_000);
      east.powerOff();
      await clock.sleepMs(10_000);
      west.powerOn();
      await clock.sleepMs(30_000);
      await traffic.stop();
      return traffic.result(stores(east, west));
    });
    expect(result.sends.outages).toHaveLength(1);
    // Ten seconds without a broker; a client that backs off notices the end at most a second late.
    expect(result.sends.longestMs).toBeGreaterThanOrEqual(10_000);
    expect(result.sends.longestMs).toBeLessThan(12_000);
    expect(result.messages.processedOnce + result.messages.stranded).toBe(result.messages.confirmed);
    expect(notices.filter(({ kind }) => kind === 'lost').map(({ reason }) => reason)).toContain('ECONNREFUSED');
    expect(notices.at(-1)).toMatchObject({ kind: 'served' });
  });

  it('stops consuming where consumers are held, connected or not, and goes on when they are released', async () => {
    const { clock, east, west, start, held } = environment();
    const result = await clock.run('test', async () => {
      const traffic = start();
      await clock.sleepMs(10_000);
      held.add('east').add('west');
      await clock.sleepMs(2_000);
      const { processed } = traffic.counters;
      await clock.sleepMs(20_000);
      expect(traffic.counters.processed).toBe(processed);
      expect(traffic.counters.confirmed).toBeGreaterThan(processed + 50);
      held.clear();
      await traffic.stop();
      return traffic.result(stores(east, west));
    });
    expect(result.messages).toMatchObject({ lost: 0, processedTwice: 0, queued: 0, stranded: 0 });
    expect(result.messages.processedOnce).toBe(result.messages.confirmed);
    // To be held is no outage of deliveries.
    expect(result.buckets.reduce((total, bucket) => total + bucket.receiveFailures, 0)).toBe(0);
  });

  it('goes on consuming from a broker whose consumers are not held', async () => {
    const { clock, east, west, start, held } = environment();
    const result = await clock.run('test', async () => {
      held.add('west');
      const traffic = start();
      await clock.sleepMs(10_000);
      await traffic.stop();
      return traffic.result(stores(east, west));
    });
    expect(result.messages.processedOnce).toBe(result.messages.confirmed);
  });

  it('finds confirmed messages that stayed behind on a broker that no longer serves', async () => {
    const { clock, east, west, start } = environment();
    const result = await clock.run('test', async () => {
      // Consumers poll every second, so the sends of the last second are still stored when the broker stops.
      const traffic = start({ ratePerSecond: 40 });
      await clock.sleepMs(10_900);
      east.powerOff();
      west.powerOn();
      await clock.sleepMs(5_000);
      await traffic.stop();
      return traffic.result(stores(east, west));
    });
    expect(result.messages.stranded).toBeGreaterThan(0);
    expect(result.messages.named.stranded).toHaveLength(result.messages.stranded);
    expect(result.messages.named.stranded[0]?.storedOn).toEqual(['b-east']);
    expect(result.messages.lost).toBe(0);
  });

  it('finds confirmed messages that vanished from the brokers', async () => {
    const { clock, east, west, start } = environment();
    const result = await clock.run('test', async () => {
      const traffic = start({ ratePerSecond: 40 });
      await clock.sleepMs(10_900);
      east.purge('orders.placed');
      east.purge('orders.shipped');
      await traffic.stop();
      return traffic.result(stores(east, west));
    });
    expect(result.messages.lost).toBeGreaterThan(0);
    expect(result.messages.processedOnce + result.messages.lost).toBe(result.messages.confirmed);
  });

  it('finds messages that took effect twice because their acknowledgement was lost', async () => {
    const world = environment();
    const { clock, east, west, start } = world;
    const result = await clock.run('test', async () => {
      const traffic = start({ ratePerSecond: 20 });
      // A disposition frame (0x15) that acknowledges never reaches the broker: the connection dies instead.
      await clock.sleepMs(10_000);
      east.powerOff();
      await clock.sleepMs(1_000);
      world.onConnect = (stream) => {
        const write = stream.write.bind(stream);
        let deliveries = 0;
        stream.on('data', (bytes: Buffer) => {
          if (bytes.includes(Buffer.from([0x00, 0x53, 0x14])) && bytes.length > 100) deliveries += 1;
        });
        stream.write = ((bytes: Buffer, ...rest: []) => {
          if (deliveries > 0 && bytes.includes(Buffer.from([0x00, 0x53, 0x15]))) {
            stream.destroy();
            return false;
          }
          return write(bytes, ...rest);
        }) as typeof stream.write;
      };
      east.powerOn();
      await clock.sleepMs(3_000);
      world.onConnect = () => {};
      await clock.sleepMs(10_000);
      await traffic.stop();
      return traffic.result(stores(east, west));
    });
    expect(result.messages.processedTwice).toBeGreaterThan(0);
    expect(result.messages.lost).toBe(0);
    expect(result.messages.named.processedTwice.length).toBeGreaterThanOrEqual(result.messages.processedTwice);
  });

  it('counts sends that a broker leaves without an answer as unknown, and does not repeat them', async () => {
    const world = environment();
    const { clock, east, west, start } = world;
    world.onConnect = (stream) => {
      const write = stream.write.bind(stream);
      // A transfer frame (0x14) is swallowed, as by a broker whose Region went dark.
      stream.write = ((bytes: Buffer, ...rest: []) =>
        clock.nowMs() > 10_000 && clock.nowMs() < 13_000 && bytes.includes(Buffer.from([0x00, 0x53, 0x14]))
          ? true
          : write(bytes, ...rest)) as typeof stream.write;
    };
    const result = await clock.run('test', async () => {
      const traffic = start();
      await clock.sleepMs(30_000);
      await traffic.stop();
      return traffic.result(stores(east, west));
    });
    expect(result.messages.unknown.total).toBe(2);
    expect(result.messages.unknown.absent).toBe(2);
    expect(result.messages.processedOnce).toBe(result.messages.confirmed);
    expect(result.sends.longestMs).toBeGreaterThanOrEqual(4_000);
  });

  it('says why clients are refused, without the password', async () => {
    const { clock, notices, start } = environment('not the password');
    await clock.run('test', async () => {
      const traffic = start();
      await clock.sleepMs(3_000);
      traffic.abandon();
    });
    expect(notices.map(({ reason }) => reason).join()).toContain('unauthorized');
    expect(JSON.stringify(notices)).not.toContain('not the password');
  });

  it('is the same run twice', async () => {
    const once = async (): Promise<TrafficResult> => {
      const { clock, east, west, start } = environment();
      return await clock.run('test', async () => {
        const traffic = start({ ratePerSecond: 30 });
        await clock.sleepMs(20_000);
        east.powerOff();
        await clock.sleepMs(3_333);
        west.powerOn();
        await clock.sleepMs(10_000);
        await traffic.stop();
        return traffic.result(stores(east, west));
      });
    };
    expect(await once()).toEqual(await once());
  });
});
