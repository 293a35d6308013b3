import { DescribeBrokerCommand, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { PortInUseError } from '../../../../simulator/api/http-server.ts';
import { IdSource, randomStream } from '../../../../simulator/world/seeded-random.ts';
import { A, B, rejection, START_MS, type WorldUnderTest, withWorld } from './support/world-under-test.ts';

const pairOf = ({ world }: WorldUnderTest) => {
  const primary = world.addBroker({ region: A, brokerName: 'orders' });
  const replica = world.addBroker({ region: B, brokerName: 'orders-replica' });
  world.pairBrokers(primary.brokerId, replica.brokerId);
  return { primary, replica };
};

const [active, standby] = [0, 1];

describe('World.connect', () => {
  it('reaches the active instance of a primary, and nothing else', async () => {
    await withWorld('in process', async (test) => {
      const { primary, replica } = pairOf(test);
      const address = (broker: typeof primary, instance: number) => broker.amqpAddresses[instance] ?? expect.fail();
      const connect = test.world.connect.bind(test.world);
      const stream = await connect(address(primary, active), 1_000, B);
      stream.destroy();
      expect((await rejection(connect(address(primary, standby), 1_000))).code).toBe('ECONNREFUSED');
      expect((await rejection(connect(address(replica, active), 1_000))).code).toBe('ECONNREFUSED');
      const otherPort = { ...address(primary, active), port: 61617 };
      expect((await rejection(connect(otherPort, 1_000))).code).toBe('ECONNREFUSED');
      expect((await rejection(connect({ host: 'nowhere', port: 5671 }, 1_000))).code).toBe('ENOTFOUND');
      expect(test.world.clock.nowMs()).toBe(START_MS);
    });
  });

  it('times out on a dark Region and from a partitioned one, after the time that the caller gives', async () => {
    await withWorld('in process', async (test) => {
      const { primary } = pairOf(test);
      const address = primary.amqpAddresses[active] ?? expect.fail();
      test.world.faults.start({ kind: 'partition', regions: [A, B] });
      expect(await rejection(test.world.connect(address, 700, B))).toMatchObject({
        code: 'ETIMEDOUT',
        name: 'TimeoutError',
      });
      (await test.world.connect(address, 700, A)).destroy();
      test.world.blackout(A);
      expect((await rejection(test.world.connect(address, 300))).code).toBe('ETIMEDOUT');
      expect(test.world.clock.nowMs()).toBe(START_MS + 1_000);
    });
  });
});

describe('World.blackout', () => {
  it('breaks streams and the replication link, and restores the link', async () => {
    await withWorld('in process', async (test) => {
      const { primary } = pairOf(test);
      const { world, dataPlanes } = test;
      const stream = await world.connect(primary.amqpAddresses[active] ?? expect.fail(), 1_000, A);
      const broken = new Promise<Error>((resolve) => stream.once('error', resolve));
      world.blackout(A);
      expect(await broken).toMatchObject({ code: 'ETIMEDOUT' });
      expect(dataPlanes.pair().linkUp).toBe(false);
      expect(dataPlanes.broker(primary.brokerId).up).toBe(true);
      world.restore(A);
      expect(dataPlanes.pair().linkUp).toBe(true);
      expect(() => world.restore(A)).toThrow('no fault');
      expect(() => world.blackout('mars')).toThrow('no Region "mars"');
    });
  });

  it('powers brokers off and on when asked to', async () => {
    await withWorld('in process', async (test) => {
      const { primary } = pairOf(test);
      const broker = test.dataPlanes.broker(primary.brokerId);
      test.world.blackout(A, { powerOff: true });
      expect(broker.up).toBe(false);
      test.world.restore(A);
      expect(broker.up).toBe(true);
    });
  });

  it('leaves the link cut while another fault still cuts it', async () => {
    await withWorld('in process', async (test) => {
      pairOf(test);
      const { faults } = test.world;
      const cut = faults.start({ kind: 'link-cut', regions: [B, A] });
      test.world.blackout(A);
      test.world.restore(A);
      expect(test.dataPlanes.pair().linkUp).toBe(false);
      faults.stop(cut);
      expect(test.dataPlanes.pair().linkUp).toBe(true);
    });
  });

  it('holds a switchover until the primary Region answers; a failover does not wait', async () => {
    await withWorld('in process', async (test) => {
      const { replica } = pairOf(test);
      const promote = (Mode: 'SWITCHOVER' | 'FAILOVER') =>
        test.mq(B).send(new PromoteCommand({ BrokerId: replica.brokerId, Mode }));
      test.world.blackout(A);
      await promote('SWITCHOVER');
      await test.pass(60_000);
      expect(test.dataPlanes.pair().switchoversRequested).toBe(0);
      test.world.restore(A);
      await test.pass(10_000);
      expect(test.dataPlanes.pair().switchoversRequested).toBe(1);
      test.world.blackout(A);
      await promote('FAILOVER');
      expect(test.dataPlanes.broker(replica.brokerId).role).toBe('primary');
    });
  });

  it('does not start a held switchover once a failover has overtaken it', async () => {
    await withWorld('in process', async (test) => {
      const { replica } = pairOf(test);
      test.world.blackout(A);
      await test.mq(B).send(new PromoteCommand({ BrokerId: replica.brokerId, Mode: 'SWITCHOVER' }));
      await test.mq(B).send(new PromoteCommand({ BrokerId: replica.brokerId, Mode: 'FAILOVER' }));
      test.world.restore(A);
      await test.pass(60_000);
      expect(test.dataPlanes.pair().switchoversRequested).toBe(0);
    });
  });
});

describe('setting up a world', () => {
  it('refuses taken names, unknown Regions, unknown brokers and brokers that are paired', async () => {
    await withWorld('in process', async (test) => {
      const { primary, replica } = pairOf(test);
      const { world } = test;
      expect(() => world.addBroker({ region: A, brokerName: 'orders' })).toThrow('taken');
      expect(() => world.addBroker({ region: 'mars', brokerName: 'x' })).toThrow('no Region "mars"');
      expect(() => world.addSecret({ name: 's', value: 'v', regions: ['mars'] })).toThrow('no Region');
      expect(() => world.pairBrokers(primary.brokerId, 'b-none')).toThrow('no broker "b-none"');
      expect(() => world.pairBrokers(primary.brokerId, replica.brokerId)).toThrow('paired already');
    });
  });

  it('shows brokers with their state and their data plane', async () => {
    await withWorld('in process', async ({ world, mq }) => {
      world.addBroker({
        region: A,
        brokerName: 'orders',
        pending: { engineVersion: '5.19' },
        pendingUsers: [{ username: 'late', password: 'correct-horse-1' }],
      });
      world.addBroker({ region: A, brokerName: 'broken', state: 'CREATION_FAILED' });
      const [orders, broken] = world.brokers();
      expect(orders).toMatchObject({ state: 'RUNNING', region: A, dataPlane: { role: 'standalone' } });
      expect(broken).toMatchObject({ state: 'CREATION_FAILED', dataPlane: undefined });
      expect(await mq().send(new DescribeBrokerCommand({ BrokerId: String(orders?.brokerId) }))).toMatchObject({
        PendingEngineVersion: '5.19',
        Users: [{ Username: 'late', PendingChange: 'CREATE' }],
      });
    });
  });

  it('is served once at a time, and names a port that another process listens on', async () => {
    await withWorld('over HTTP', async ({ world, url }) => {
      const port = Number(new URL(url).port);
      await expect(world.listen({ port: 0, host: '127.0.0.1' })).rejects.toThrow(`served at ${url} already`);
      await world.close();
      const { url: again } = await world.listen({ port, host: '127.0.0.1' });
      expect(again).toBe(url);
      await withWorld('in process', async (other) => {
        await expect(other.world.listen({ port, host: '127.0.0.1' })).rejects.toThrow(PortInUseError);
      });
    });
  });
});

describe('seeded randomness', () => {
  it('is the same for one seed and name, and different for others', () => {
    const draw = (seed: number, name: string) => {
      const random = randomStream(seed, name);
      return [random(), random(), random()];
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    for (const value of draw(1, 'a')) expect(value >= 0 && value < 1).toBe(true);
  });

  it('gives ids that differ by kind and position', () => {
    const ids = new IdSource(1);
    const drawn = [ids.nextUuid('a'), ids.nextUuid('a'), ids.nextUuid('b')];
    expect(new Set(drawn).size).toBe(3);
    expect(new IdSource(1).nextUuid('a')).toBe(drawn[0]);
    expect(new IdSource(2).nextUuid('a')).not.toBe(drawn[0]);
  });
});
