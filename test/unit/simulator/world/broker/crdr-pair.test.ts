import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../../simulator/clock/virtual-clock.ts';
import { PromotionRefusedError } from '../../../../../simulator/world/broker/embedded-broker.ts';
import { VirtualAlarm } from '../../../../../simulator/world/broker/virtual-alarm.ts';
import { AmqpTestClient } from '../../../../support/amqp-client.ts';
import { consumeFrom, numbered, sendTo, withPair } from './pair-fixture.ts';

describe('CrdrPair', () => {
  it('starts with the roles it was given, and only the primary serves', async () => {
    await withPair({}, async ({ a, b, pair }) => {
      expect([a.role, b.role, a.acceptsClients, b.acceptsClients]).toEqual(['primary', 'replica', true, false]);
      expect([pair.primary, pair.replica]).toEqual([a, b]);
    });
  });

  it('exchanges roles in a soft promotion: the replica becomes primary first, the old primary a replica after it', async () => {
    await withPair({}, async ({ a, b, pair, changes, waitForPhase, wait }) => {
      await waitForPhase(1_000);
      pair.switchover();
      pair.switchover();
      await wait(20_000);
      expect([pair.primary, pair.replica]).toEqual([b, a]);
      expect(changes.map(({ atMs, brokerId, role, acceptsClients }) => [atMs, brokerId, role, acceptsClients])).toEqual(
        [
          [0, 'b-a', 'primary', true],
          [0, 'b-b', 'replica', false],
          [1_000, 'b-a', 'primary', false],
          [5_500, 'b-b', 'primary', false],
          [5_535, 'b-a', 'replica', false],
          [8_000, 'b-b', 'primary', true],
        ],
      );
    });
  });

  it('drops the clients of a primary that closes, and gives back what they held', async () => {
    await withPair({}, async ({ a, b, pair, wait }) => {
      await sendTo(a, 'm', 1, 3);
      const client = await AmqpTestClient.connect(a);
      await client.receive('orders', 2, { answer: 'hold' });
      pair.switchover();
      await client.lost();
      expect(a.clientConnections()).toBe(0);
      await wait(20_000);
      expect(await consumeFrom(b, 10)).toEqual(numbered('m', 1, 3));
    });
  });

  it('replicates back after a switchover, bytes and ids unchanged', async () => {
    await withPair({}, async ({ a, b, pair, wait, ids }) => {
      await sendTo(a, 'm', 1, 5);
      pair.switchover();
      await wait(20_000);
      await consumeFrom(b, 2);
      await sendTo(b, 'n', 1, 2);
      await wait(20_000);
      expect(ids(a)).toEqual([...numbered('m', 3, 5), 'n1', 'n2']);
      expect(a.store.browse('orders').map(({ message }) => message)).toEqual(
        b.store.browse('orders').map(({ message }) => message),
      );
    });
  });

  it('never reaches FAIL_OVER while it is stuck, and goes on when it is released', async () => {
    await withPair({}, async ({ a, b, pair, wait }) => {
      pair.promotionStuck = true;
      pair.switchover();
      await wait(7_200_000);
      expect([a.role, b.role, a.acceptsClients, b.acceptsClients]).toEqual(['primary', 'replica', false, false]);
      pair.promotionStuck = false;
      await wait(10_000);
      expect([a.role, b.role, b.acceptsClients]).toEqual(['replica', 'primary', true]);
    });
  });

  it('lets a failover overtake a stuck switchover', async () => {
    await withPair({}, async ({ a, b, pair, wait }) => {
      pair.promotionStuck = true;
      pair.switchover();
      await wait(60_000);
      pair.failover();
      await wait(3_000);
      expect([b.role, b.acceptsClients, a.role, a.acceptsClients]).toEqual(['primary', true, 'primary', false]);
      expect(pair.promotionStuck).toBe(false);
    });
  });

  it('leaves both brokers serving after a failover until the old primary is told', async () => {
    await withPair({ tellOldPrimaryAfterMs: 30_000 }, async ({ a, b, pair, wait, ids }) => {
      pair.linkUp = false;
      pair.failover();
      await wait(3_000);
      await sendTo(a, 'split', 1, 2);
      await sendTo(b, 'm', 1, 1);
      await wait(3_600_000);
      expect([a.role, b.role, a.acceptsClients, b.acceptsClients]).toEqual(['primary', 'primary', true, true]);
      expect(a.gauges().replicationQueueSize).toBeGreaterThan(2);
      pair.linkUp = true;
      await wait(20_000);
      pair.setLinkRate(500);
      await wait(9_999);
      expect(a.acceptsClients).toBe(true);
      await wait(1);
      expect([a.role, a.acceptsClients, a.gauges().replicationQueueSize]).toEqual(['replica', false, undefined]);
      await wait(20_000);
      expect(ids(a)).toEqual(['split1', 'split2', 'm1']);
      expect(ids(b)).toEqual(['m1']);
    });
  });

  it('starts the time to tell anew when the link is cut again', async () => {
    await withPair({ tellOldPrimaryAfterMs: 30_000 }, async ({ a, pair, wait }) => {
      pair.failover();
      await wait(20_000);
      pair.linkUp = false;
      await wait(20_000);
      pair.linkUp = true;
      await wait(29_000);
      expect(a.role).toBe('primary');
      await wait(2_000);
      expect(a.role).toBe('replica');
    });
  });

  it('brings an old primary that was down back as a primary that serves, until it is told', async () => {
    await withPair({ tellOldPrimaryAfterMs: 30_000 }, async ({ a, b, pair, wait }) => {
      await sendTo(a, 'm', 1, 1);
      a.powerOff();
      pair.failover();
      await wait(600_000);
      expect([a.role, a.up, b.acceptsClients]).toEqual(['primary', false, true]);
      a.powerOn();
      expect(a.acceptsClients).toBe(true);
      await wait(31_000);
      expect([a.role, a.acceptsClients]).toEqual(['replica', false]);
    });
  });

  it('keeps roles and messages through a restart, without gauges until the next event', async () => {
    await withPair({}, async ({ a, b, ids, wait }) => {
      await sendTo(a, 'm', 1, 3);
      await wait(120_000);
      for (const broker of [a, b]) broker.powerOff();
      expect(Object.values(a.gauges()).every((value) => value === undefined)).toBe(true);
      await wait(300_000);
      for (const broker of [a, b]) broker.powerOn();
      expect([a.role, b.role, ids(a), ids(b)]).toEqual([
        'primary',
        'replica',
        numbered('m', 1, 3),
        numbered('m', 1, 3),
      ]);
      expect([a.gauges().primaryWaitTimeMs, b.gauges().replicaWaitTimeMs]).toEqual([undefined, undefined]);
      await wait(80_000);
      expect(a.gauges().primaryWaitTimeMs).toBeLessThan(60_000);
      expect(b.gauges().replicaWaitTimeMs).toBeLessThan(60_000);
    });
  });

  it('does not replicate while the replica is down, and catches up', async () => {
    await withPair({}, async ({ a, b, ids, wait }) => {
      b.powerOff();
      await sendTo(a, 'm', 1, 3);
      await wait(60_000);
      expect(ids(b)).toEqual([]);
      b.powerOn();
      await wait(10_000);
      expect(ids(b)).toEqual(numbered('m', 1, 3));
    });
  });

  it('begins a switchover that was asked for while the primary was down once it starts, before any client connects', async () => {
    await withPair({}, async ({ a, b, pair, changes, wait }) => {
      a.powerOff();
      pair.switchover();
      await wait(60_000);
      const before = changes.length;
      a.powerOn();
      expect(a.acceptsClients).toBe(false);
      expect(changes.slice(before).some(({ acceptsClients }) => acceptsClients)).toBe(false);
      await wait(30_000);
      expect([a.role, b.role]).toEqual(['replica', 'primary']);
    });
  });

  it('finishes a switchover whose acknowledgement was lost once the link is back', async () => {
    await withPair({}, async ({ a, b, clock, pair, wait }) => {
      pair.switchover();
      await wait(5_510 - clock.nowMs());
      expect([a.role, b.role]).toEqual(['primary', 'primary']);
      pair.linkUp = false;
      await wait(600_000);
      expect([a.role, a.acceptsClients, b.acceptsClients]).toEqual(['primary', false, true]);
      pair.linkUp = true;
      await wait(10_000);
      expect(a.role).toBe('replica');
    });
  });

  it('refuses promotions that the state forbids, and changes nothing', async () => {
    await withPair({}, async ({ a, b, pair, wait }) => {
      b.powerOff();
      expect(() => pair.failover()).toThrow(PromotionRefusedError);
      b.powerOn();
      expect(() => pair.tellOldPrimary()).toThrow(PromotionRefusedError);
      pair.failover();
      expect(() => pair.switchover()).toThrow(PromotionRefusedError);
      expect(() => pair.failover()).toThrow(PromotionRefusedError);
      a.powerOff();
      expect(() => pair.tellOldPrimary()).toThrow(PromotionRefusedError);
      await wait(3_000);
      expect([b.role, b.acceptsClients]).toEqual(['primary', true]);
    });
  });

  it('makes two ordinary brokers of a pair that is dissolved, each with its messages', async () => {
    await withPair({}, async ({ a, b, ids, pair, wait }) => {
      await sendTo(a, 'm', 1, 2);
      await wait(20_000);
      pair.dissolve();
      await sendTo(b, 'n', 1, 1);
      await consumeFrom(a, 1);
      await wait(60_000);
      expect([a.role, b.role]).toEqual(['standalone', 'standalone']);
      expect([ids(a), ids(b)]).toEqual([['m2'], ['m1', 'm2', 'n1']]);
      expect(() => pair.switchover()).toThrow(PromotionRefusedError);
      expect(a.gauges().replicationQueueSize).toBeUndefined();
    });
  });

  it('carries a purge, and dead letters', async () => {
    await withPair({}, async ({ a, b, ids, wait }) => {
      await sendTo(a, 'm', 1, 4);
      const client = await AmqpTestClient.connect(a);
      await client.receive('orders', 1, { answer: 'reject' });
      await client.close();
      await wait(20_000);
      expect([ids(b), ids(b, 'ActiveMQ.DLQ')]).toEqual([numbered('m', 2, 4), ['m1']]);
      a.purge('orders');
      await wait(20_000);
      expect(b.queueDepths()).toEqual(
        new Map([
          ['orders', 0],
          ['ActiveMQ.DLQ', 1],
        ]),
      );
    });
  });

  it('closes both brokers for as long as a backlog of millions takes, and no longer', async () => {
    await withPair({}, async ({ a, b, clock, pair, changes, wait }) => {
      pair.seedBacklog({ events: 7_200_000, spanMs: 7_200_000 });
      expect(a.gauges().replicationQueueSize).toBe(7_200_000);
      pair.switchover();
      await wait(7_200_000);
      expect(b.acceptsClients).toBe(false);
      pair.setLinkRate(5_000);
      await wait(20_000);
      const opened = changes.find(({ brokerId, acceptsClients }) => brokerId === 'b-b' && acceptsClients);
      expect(opened?.atMs).toBeGreaterThan(7_200_000);
      expect(opened?.atMs).toBeLessThan(clock.nowMs());
    });
  });

  it('wakes up rarely: a day of an idle pair takes no turns of its own', async () => {
    await withPair({}, async ({ a, clock, wait }) => {
      let turns = 0;
      const spawn = clock.spawn.bind(clock);
      clock.spawn = (name, body) => {
        turns++;
        return spawn(name, body);
      };
      await wait(86_400_000);
      expect(a.gauges().primaryWaitTimeMs).toBeLessThan(75_000);
      expect(turns).toBe(0);
    });
  });
});

describe('VirtualAlarm', () => {
  it('rings once, at the last time that was set', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const rung: number[] = [];
    await clock.run('test', async () => {
      const alarm = new VirtualAlarm(clock, 'alarm', () => rung.push(clock.nowMs()));
      alarm.set(1_000);
      alarm.set(500);
      alarm.set(2_000);
      await clock.sleepMs(5_000);
      alarm.set(6_000);
      alarm.set(undefined);
      await clock.sleepMs(5_000);
    });
    expect(rung).toEqual([2_000]);
  });

  it('may be set again while it rings', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const rung: number[] = [];
    await clock.run('test', async () => {
      const alarm: VirtualAlarm = new VirtualAlarm(clock, 'alarm', () => {
        rung.push(clock.nowMs());
        if (rung.length < 3) alarm.set(clock.nowMs() + 100);
      });
      alarm.set(100);
      await clock.sleepMs(1_000);
    });
    expect(rung).toEqual([100, 200, 300]);
  });
});
