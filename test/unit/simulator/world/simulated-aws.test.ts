import { DescribeBrokerCommand, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { PortInUseError } from '../../../../simulator/api/http-server.ts';
import { IdSource, randomStream } from '../../../../simulator/world/seeded-random.ts';
import { A, type AwsUnderTest, B, rejection, startMs, withAws } from './support/aws-under-test.ts';

const pairOf = ({ aws }: AwsUnderTest) => {
  const primary = aws.addBroker({ region: A, brokerName: 'orders' });
  const replica = aws.addBroker({ region: B, brokerName: 'orders-replica' });
  aws.pairBrokers(primary.brokerId, replica.brokerId);
  return { primary, replica };
};

const [active, standby] = [0, 1];

describe('SimulatedAws.connect', () => {
  it('reaches the active instance of a primary, and nothing else', async () => {
    await withAws('in process', async (test) => {
      const { primary, replica } = pairOf(test);
      const address = (broker: typeof primary, instance: number) => broker.amqpAddresses[instance] ?? expect.fail();
      const connect = test.aws.connect.bind(test.aws);
      const stream = await connect(address(primary, active), 1_000, B);
      stream.destroy();
      expect((await rejection(connect(address(primary, standby), 1_000))).code).toBe('ECONNREFUSED');
      expect((await rejection(connect(address(replica, active), 1_000))).code).toBe('ECONNREFUSED');
      const otherPort = { ...address(primary, active), port: 61617 };
      expect((await rejection(connect(otherPort, 1_000))).code).toBe('ECONNREFUSED');
      expect((await rejection(connect({ host: 'nowhere', port: 5671 }, 1_000))).code).toBe('ENOTFOUND');
      expect(test.aws.clock.nowMs()).toBe(startMs);
    });
  });

  it('times out on a dark Region and from a partitioned one, after the time that the caller gives', async () => {
    await withAws('in process', async (test) => {
      const { primary } = pairOf(test);
      const address = primary.amqpAddresses[active] ?? expect.fail();
      test.aws.faults.start({ kind: 'partition', regions: [A, B] });
      expect(await rejection(test.aws.connect(address, 700, B))).toMatchObject({
        code: 'ETIMEDOUT',
        name: 'TimeoutError',
      });
      (await test.aws.connect(address, 700, A)).destroy();
      test.aws.blackout(A);
      expect((await rejection(test.aws.connect(address, 300))).code).toBe('ETIMEDOUT');
      expect(test.aws.clock.nowMs()).toBe(startMs + 1_000);
    });
  });
});

describe('SimulatedAws.blackout', () => {
  it('breaks streams and the replication link, and restores the link', async () => {
    await withAws('in process', async (test) => {
      const { primary } = pairOf(test);
      const { aws, dataPlanes } = test;
      const stream = await aws.connect(primary.amqpAddresses[active] ?? expect.fail(), 1_000, A);
      const broken = new Promise<Error>((resolve) => stream.once('error', resolve));
      aws.blackout(A);
      expect(await broken).toMatchObject({ code: 'ETIMEDOUT' });
      expect(dataPlanes.pair().linkUp).toBe(false);
      expect(dataPlanes.broker(primary.brokerId).up).toBe(true);
      aws.restore(A);
      expect(dataPlanes.pair().linkUp).toBe(true);
      expect(() => aws.restore(A)).toThrow('no fault');
      expect(() => aws.blackout('mars')).toThrow('no Region "mars"');
    });
  });

  it('powers brokers off and on when asked to', async () => {
    await withAws('in process', async (test) => {
      const { primary } = pairOf(test);
      const broker = test.dataPlanes.broker(primary.brokerId);
      test.aws.blackout(A, { powerOff: true });
      expect(broker.up).toBe(false);
      test.aws.restore(A);
      expect(broker.up).toBe(true);
    });
  });

  it('leaves the link cut while another fault still cuts it', async () => {
    await withAws('in process', async (test) => {
      pairOf(test);
      const { faults } = test.aws;
      const cut = faults.start({ kind: 'link-cut', regions: [B, A] });
      test.aws.blackout(A);
      test.aws.restore(A);
      expect(test.dataPlanes.pair().linkUp).toBe(false);
      faults.stop(cut);
      expect(test.dataPlanes.pair().linkUp).toBe(true);
    });
  });

  it('holds a switchover until the primary Region answers; a failover does not wait', async () => {
    await withAws('in process', async (test) => {
      const { replica } = pairOf(test);
      const promote = (Mode: 'SWITCHOVER' | 'FAILOVER') =>
        test.mq(B).send(new PromoteCommand({ BrokerId: replica.brokerId, Mode }));
      test.aws.blackout(A);
      await promote('SWITCHOVER');
      await test.pass(60_000);
      expect(test.dataPlanes.pair().switchoversRequested).toBe(0);
      test.aws.restore(A);
      await test.pass(10_000);
      expect(test.dataPlanes.pair().switchoversRequested).toBe(1);
      test.aws.blackout(A);
      await promote('FAILOVER');
      expect(test.dataPlanes.broker(replica.brokerId).role).toBe('primary');
    });
  });

  it('does not start a held switchover once a failover has overtaken it', async () => {
    await withAws('in process', async (test) => {
      const { replica } = pairOf(test);
      test.aws.blackout(A);
      await test.mq(B).send(new PromoteCommand({ BrokerId: replica.brokerId, Mode: 'SWITCHOVER' }));
      await test.mq(B).send(new PromoteCommand({ BrokerId: replica.brokerId, Mode: 'FAILOVER' }));
      test.aws.restore(A);
      await test.pass(60_000);
      expect(test.dataPlanes.pair().switchoversRequested).toBe(0);
    });
  });
});

describe('setting up a simulated AWS', () => {
  it('refuses taken names, unknown Regions, unknown brokers and brokers that are paired', async () => {
    await withAws('in process', async (test) => {
      const { primary, replica } = pairOf(test);
      const { aws } = test;
      expect(() => aws.addBroker({ region: A, brokerName: 'orders' })).toThrow('taken');
      expect(() => aws.addBroker({ region: 'mars', brokerName: 'x' })).toThrow('no Region "mars"');
      expect(() => aws.addSecret({ name: 's', value: 'v', regions: ['mars'] })).toThrow('no Region');
      expect(() => aws.pairBrokers(primary.brokerId, 'b-none')).toThrow('no broker "b-none"');
      expect(() => aws.pairBrokers(primary.brokerId, replica.brokerId)).toThrow('paired already');
    });
  });

  it('shows brokers with their state and their data plane', async () => {
    await withAws('in process', async ({ aws, mq }) => {
      aws.addBroker({
        region: A,
        brokerName: 'orders',
        pending: { engineVersion: '5.19' },
        pendingUsers: [{ username: 'late', password: 'correct-horse-1' }],
      });
      aws.addBroker({ region: A, brokerName: 'broken', state: 'CREATION_FAILED' });
      const [orders, broken] = aws.brokers();
      expect(orders).toMatchObject({ state: 'RUNNING', region: A, dataPlane: { role: 'standalone' } });
      expect(broken).toMatchObject({ state: 'CREATION_FAILED', dataPlane: undefined });
      expect(await mq().send(new DescribeBrokerCommand({ BrokerId: String(orders?.brokerId) }))).toMatchObject({
        PendingEngineVersion: '5.19',
        Users: [{ Username: 'late', PendingChange: 'CREATE' }],
      });
    });
  });

  it('is served once at a time, and names a port that another process listens on', async () => {
    await withAws('over HTTP', async ({ aws, url }) => {
      const port = Number(new URL(url).port);
      await expect(aws.listen({ port: 0, host: '127.0.0.1' })).rejects.toThrow(`served at ${url} already`);
      await aws.close();
      const { url: again } = await aws.listen({ port, host: '127.0.0.1' });
      expect(again).toBe(url);
      await withAws('in process', async (other) => {
        await expect(other.aws.listen({ port, host: '127.0.0.1' })).rejects.toThrow(PortInUseError);
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
