import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EmbeddedBroker } from '../../../../../simulator/world/broker/embedded-broker.ts';
import { AmqpTestClient } from '../../../../support/amqp-client.ts';
import { consumeFrom, numbered, type PairFixture, sendTo, withPair } from './pair-fixture.ts';

const refusal = (broker: EmbeddedBroker): string | undefined => {
  try {
    broker.connect().destroy();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

const noGauges = {
  totalReplicationLagMs: undefined,
  primaryWaitTimeMs: undefined,
  replicationLagMs: undefined,
  replicaWaitTimeMs: undefined,
};

/** Row 1: ten messages, sent one and a half seconds after a batch. */
const afterRow1 = async ({ a, waitForPhase, wait }: PairFixture): Promise<void> => {
  await waitForPhase(1_500);
  await sendTo(a, 'm', 1, 10);
  await wait(4_000);
};

const afterRow2 = async (fixture: PairFixture): Promise<void> => {
  await afterRow1(fixture);
  await consumeFrom(fixture.a, 3);
  await fixture.wait(4_000);
};

const afterRow3 = async (fixture: PairFixture): Promise<void> => {
  await afterRow2(fixture);
  fixture.pair.linkUp = false;
  await sendTo(fixture.a, 'm', 11, 15);
  await consumeFrom(fixture.a, 2);
  await fixture.wait(4_000);
};

const afterRow4 = async (fixture: PairFixture): Promise<void> => {
  await afterRow3(fixture);
  fixture.pair.failover();
  fixture.pair.tellOldPrimary();
  await fixture.wait(3_000);
};

const afterRow5 = async (fixture: PairFixture): Promise<void> => {
  await afterRow4(fixture);
  await consumeFrom(fixture.b, 4);
  await sendTo(fixture.b, 'n', 1, 3);
  fixture.pair.linkUp = true;
  await fixture.wait(20_000);
};

const afterRow6 = async (fixture: PairFixture): Promise<void> => {
  await afterRow5(fixture);
  fixture.pair.switchover();
  await fixture.wait(15_000);
};

const inRow8 = async (fixture: PairFixture): Promise<void> => {
  await sendTo(fixture.a, 'm', 1, 3);
  await fixture.wait(60_000);
  fixture.pair.linkUp = false;
  await fixture.wait(1_000);
  fixture.pair.switchover();
};

const afterRow11 = async (fixture: PairFixture): Promise<void> => {
  const { pair, a, b, waitForPhase, wait } = fixture;
  await waitForPhase(1_000);
  await sendTo(a, 'orphan', 1, 4);
  pair.failover();
  await wait(3_000);
  await sendTo(b, 'n', 1, 1);
  await wait(7_500);
  pair.tellOldPrimary();
};

/** Rows of the table in docs/amazon-mq.md section 13, by their numbers. */
const documentedRows = (): readonly number[] => {
  const document = readFileSync(resolve(import.meta.dirname, '../../../../../docs/amazon-mq.md'), 'utf8');
  const [, section = ''] = /^## 13 Observed runs\n(.*?)^## 14 /ms.exec(document) ?? [];
  return [...section.matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row));
};

/** Rows that the tests below are named by. */
const testedRows = (): readonly number[] =>
  [...readFileSync(import.meta.filename, 'utf8').matchAll(/^ {2}it\('observed run (\d+): /gm)].map(([, row]) =>
    Number(row),
  );

describe('the rows of docs/amazon-mq.md section 13', () => {
  it('have one test each, in their order', () => {
    expect(documentedRows()).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    expect(testedRows()).toEqual(documentedRows());
  });
});

/** docs/amazon-mq.md section 13, row by row. */
describe('observed runs', () => {
  it('observed run 1: messages sent to the primary are on the replica 4 s later, with ids and order', async () => {
    await withPair({}, async (fixture) => {
      await afterRow1(fixture);
      expect(fixture.ids(fixture.b)).toEqual(numbered('m', 1, 10));
      expect(fixture.ids(fixture.b)).toEqual(fixture.ids(fixture.a));
    });
  });

  it('observed run 2: an acknowledgement can be more than 4 s behind', async () => {
    await withPair({}, async (fixture) => {
      await afterRow2(fixture);
      expect(fixture.ids(fixture.a)).toEqual(numbered('m', 4, 10));
      expect(fixture.ids(fixture.b)).toEqual(numbered('m', 1, 10));
    });
  });

  it('observed run 3: with the link cut the replica stays as it was and refuses clients', async () => {
    await withPair({}, async (fixture) => {
      await afterRow3(fixture);
      expect(fixture.ids(fixture.a)).toEqual(numbered('m', 6, 15));
      expect(fixture.ids(fixture.b)).toEqual(numbered('m', 1, 10));
      expect(refusal(fixture.b)).toBe('ECONNREFUSED');
    });
  });

  it('observed run 4: after a failover acknowledged messages are delivered again and uncrossed ones stay behind', async () => {
    await withPair({}, async (fixture) => {
      await afterRow4(fixture);
      expect(refusal(fixture.b)).toBeUndefined();
      expect(await consumeFrom(fixture.b, 100)).toEqual(numbered('m', 1, 10));
      expect(fixture.ids(fixture.a)).toEqual(numbered('m', 6, 15));
      expect([fixture.a.role, fixture.b.role]).toEqual(['replica', 'primary']);
      expect(refusal(fixture.a)).toBe('ECONNREFUSED');
    });
  });

  it('observed run 5: the old primary gets new messages, drops what was acknowledged, and keeps its orphans', async () => {
    await withPair({}, async (fixture) => {
      await afterRow5(fixture);
      expect(fixture.ids(fixture.b)).toEqual([...numbered('m', 5, 10), ...numbered('n', 1, 3)]);
      expect(fixture.ids(fixture.a)).toEqual([...numbered('m', 6, 15), ...numbered('n', 1, 3)]);
    });
    // Of the four that were consumed in the run the old primary had none left: with more it is seen to drop them.
    await withPair({}, async (fixture) => {
      await afterRow4(fixture);
      expect(await consumeFrom(fixture.b, 7)).toEqual(numbered('m', 1, 7));
      fixture.pair.linkUp = true;
      await fixture.wait(20_000);
      expect(fixture.ids(fixture.a)).toEqual(numbered('m', 8, 15));
    });
  });

  it('observed run 6: after the switchover back, orphans are served before newer messages', async () => {
    await withPair({}, async (fixture) => {
      await afterRow6(fixture);
      expect([fixture.a.role, fixture.b.role]).toEqual(['primary', 'replica']);
      expect(await consumeFrom(fixture.a, 100)).toEqual([...numbered('m', 6, 15), ...numbered('n', 1, 3)]);
    });
  });

  it('observed run 7: a message acknowledged before the cut and never consumed on the other side is residue', async () => {
    await withPair({}, async (fixture) => {
      await afterRow6(fixture);
      await fixture.waitForPhase(4_000);
      await consumeFrom(fixture.a, 100);
      await fixture.wait(5_000);
      expect(fixture.ids(fixture.a)).toEqual([]);
      expect(fixture.ids(fixture.b)).toEqual(['m5']);
      // However long it waits, and at the next promotion it is back.
      await fixture.wait(3_600_000);
      fixture.pair.switchover();
      await fixture.wait(15_000);
      expect(await consumeFrom(fixture.b, 100)).toEqual(['m5']);
    });
  });

  it('observed run 8: a switchover with the link cut closes both brokers until the link is back', async () => {
    await withPair({}, async (fixture) => {
      const { pair, a, b, wait } = fixture;
      await inRow8(fixture);
      await wait(3_600_000);
      pair.switchover();
      await wait(3_600_000);
      expect([refusal(a), refusal(b)]).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
      expect([a.role, b.role]).toEqual(['primary', 'replica']);
      a.powerOff();
      await wait(60_000);
      a.powerOn();
      expect(refusal(a)).toBe('ECONNREFUSED');
      pair.linkUp = true;
      await wait(20_000);
      expect([refusal(a), refusal(b)]).toEqual(['ECONNREFUSED', undefined]);
      expect([a.role, b.role]).toEqual(['replica', 'primary']);
    });
  });

  it('observed run 9: with the link down the lag gauges freeze and the wait times grow with the clock', async () => {
    await withPair({ ackOffsetMs: 40 }, async ({ pair, a, b, waitForPhase, wait }) => {
      await waitForPhase(3_000);
      await sendTo(a, 'm', 1, 1);
      await wait(2_500);
      pair.linkUp = false;
      const before = { a: a.gauges(), b: b.gauges() };
      expect(before.a.totalReplicationLagMs).toBeGreaterThan(2_000);
      expect(before.a.totalReplicationLagMs).toBeLessThan(2_160);
      await wait(600_000);
      expect(a.gauges().totalReplicationLagMs).toBe(before.a.totalReplicationLagMs);
      expect(b.gauges().replicationLagMs).toBe(before.b.replicationLagMs);
      expect(a.gauges().primaryWaitTimeMs).toBe((before.a.primaryWaitTimeMs ?? 0) + 600_000);
      expect(b.gauges().replicaWaitTimeMs).toBe((before.b.replicaWaitTimeMs ?? 0) + 600_000);
    });
  });

  it('observed run 10: a failover ends the outage of run 8, and the old primary stays closed until it is told', async () => {
    await withPair({}, async (fixture) => {
      const { pair, a, b, wait } = fixture;
      await inRow8(fixture);
      await wait(60_000);
      pair.failover();
      expect(b.role).toBe('primary');
      await wait(3_000);
      expect(await consumeFrom(b, 100)).toEqual(numbered('m', 1, 3));
      expect(b.gauges()).toMatchObject(noGauges);
      pair.linkUp = true;
      await wait(600_000);
      expect([refusal(a), a.role]).toEqual(['ECONNREFUSED', 'primary']);
      pair.tellOldPrimary();
      expect(a.role).toBe('replica');
    });
  });

  it('observed run 11: the told broker gets events within 8 s, and the first lag reading is high', async () => {
    await withPair({}, async (fixture) => {
      const { a, b, ids, wait } = fixture;
      await afterRow11(fixture);
      await wait(8_000);
      expect(ids(a)).toEqual([...numbered('orphan', 1, 4), 'n1']);
      const first = b.gauges().totalReplicationLagMs;
      await wait(2_100);
      await sendTo(b, 'n', 2, 2);
      await wait(12_000);
      const second = b.gauges().totalReplicationLagMs;
      expect(first).toBeGreaterThan(12_500);
      expect(first).toBeLessThan(13_500);
      expect(second).toBeGreaterThan(5_000);
      expect(second).toBeLessThan(6_000);
      expect(ids(a)).toEqual([...numbered('orphan', 1, 4), 'n1', 'n2']);
    });
  });

  it('observed run 12: a second failover, back, serves the orphans and everything that crossed', async () => {
    await withPair({}, async (fixture) => {
      const { pair, a, b, wait } = fixture;
      await afterRow11(fixture);
      await wait(8_000);
      pair.failover();
      expect(a.gauges()).toMatchObject(noGauges);
      await wait(3_000);
      expect(a.gauges()).toMatchObject(noGauges);
      expect(await consumeFrom(a, 100)).toEqual([...numbered('orphan', 1, 4), 'n1']);
      expect(b.role).toBe('primary');
    });
  });

  it('observed run 13: a healthy switchover closes both brokers for about two batch periods and loses nothing', async () => {
    await withPair({}, async ({ pair, a, b, clock, changes, waitForPhase, wait }) => {
      await waitForPhase(4_000);
      await sendTo(a, 'm', 1, 2_000);
      const requestedMs = clock.nowMs();
      pair.switchover();
      await wait(4);
      expect([refusal(a), refusal(b)]).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
      await wait(20_000);
      const openedMs = changes.find(({ brokerId, acceptsClients }) => brokerId === b.brokerId && acceptsClients)?.atMs;
      const gapMs = (openedMs ?? 0) - requestedMs;
      // 8,650 ms were seen.
      expect(gapMs).toBeGreaterThan(8_000);
      expect(gapMs).toBeLessThan(9_500);
      expect(await consumeFrom(b, 3_000)).toEqual(numbered('m', 1, 2_000));
      await wait(30_000);
      expect(a.queueDepths().get('orders')).toBe(0);
    });
  });

  it('observed run 14: a failover half a second after the sends leaves all of them behind, healthy link or not', async () => {
    await withPair({}, async ({ pair, a, b, ids, waitForPhase, wait }) => {
      await wait(120_000);
      await waitForPhase(1_000);
      const lagMs = a.gauges().totalReplicationLagMs;
      await sendTo(a, 'm', 1, 50);
      await wait(500);
      pair.failover();
      pair.tellOldPrimary();
      await wait(60_000);
      expect(lagMs).toBeLessThan(12_000);
      expect(ids(b)).toEqual([]);
      expect(ids(a)).toEqual(numbered('m', 1, 50));
    });
  });

  it('observed run 15: a switchover back serves the orphans of run 14 and changes nothing else', async () => {
    await withPair({}, async ({ pair, a, b, ids, waitForPhase, wait }) => {
      await waitForPhase(1_000);
      await sendTo(a, 'm', 1, 50);
      await wait(500);
      pair.failover();
      pair.tellOldPrimary();
      await wait(30_000);
      await sendTo(b, 'n', 1, 2);
      await wait(30_000);
      pair.switchover();
      await wait(20_000);
      expect(ids(b)).toEqual(['n1', 'n2']);
      expect(await consumeFrom(a, 100)).toEqual([...numbered('m', 1, 50), 'n1', 'n2']);
    });
  });

  it('observed run 16: a browse of a queue of 2,000 shows 400', async () => {
    await withPair({}, async ({ a }) => {
      await sendTo(a, 'm', 1, 2_000);
      const client = await AmqpTestClient.connect(a);
      const seen = await client.browse('orders', 2_000);
      expect(seen.map(({ id }) => id)).toEqual(numbered('m', 1, 400));
      expect(a.queueDepths().get('orders')).toBe(2_000);
      await client.close();
    });
  });
});
