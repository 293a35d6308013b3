import { describe, expect, it } from 'vitest';
import { clockSkewSeconds } from '../../../functions/control/guards.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { east, west } from '../../../testbed/orders.ts';
import { noonMs } from '../../support/brokers.ts';
import { ledgerKeys } from '../../support/simulated-tables.ts';
import { failingTable, TwoLedgerRegions } from '../../support/two-ledger-regions.ts';

const [key = { pair: '', destination: '', id: '' }] = ledgerKeys('a');
const leaseMs = 60_000;
/** When a claim of `noonMs` may be taken over. */
const endedMs = leaseMs + clockSkewSeconds * 1_000;
const unavailable = new ServiceUnavailable('the table does not answer');

describe('a claim', () => {
  it('goes to the first who asks; the others learn whose it is, how often they asked and when to ask again', async () => {
    const regions = new TwoLedgerRegions();
    expect(await regions.ledger(west, 'one').claim(key)).toEqual({
      status: 'claimed',
      key,
      leaseUntilMs: noonMs + leaseMs,
      attempt: 1,
    });
    for (const refusals of [1, 2]) {
      expect(await regions.ledger(west, 'two').claim(key)).toEqual({
        status: 'elsewhere',
        key,
        owner: 'one',
        leaseUntilMs: noonMs + leaseMs,
        refusals,
        retryAfterMs: endedMs + 1,
      });
    }
  });

  it('is free again once its owner has abandoned it, and counts', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    expect(await one.abandon(key)).toEqual({ key, status: 'abandoned' });
    expect(await regions.ledger(west, 'two').claim(key)).toMatchObject({ status: 'claimed', attempt: 2 });
    expect((await one.lookup([key]))[0]?.claims).toMatchObject([{ owner: 'two', takenOver: 0 }]);
  });

  it('is taken over once its lease and the allowance for clocks are over, which is counted and named', async () => {
    const regions = new TwoLedgerRegions();
    const two = regions.ledger(west, 'two');
    await regions.ledger(west, 'one').claim(key);
    regions.clock.advanceMs(endedMs);
    expect(await two.claim(key)).toMatchObject({ status: 'elsewhere', retryAfterMs: 1 });
    expect(regions.ears.told).toEqual([]);
    regions.clock.advanceMs(1);
    expect(await two.claim(key)).toMatchObject({ status: 'claimed', attempt: 2 });
    expect(regions.ears.toldBy('onTakeover')).toEqual([{ key, lostOwner: 'one', newOwner: 'two', takenOver: 1 }]);
    expect(regions.ears.lines).toEqual([
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('an expired claim was taken over') }),
    ]);
  });

  it('ends when the caller says', async () => {
    const regions = new TwoLedgerRegions();
    const [result] = await regions.ledger(west, 'one').claimAll([key], { leaseUntilMs: noonMs + 5 });
    expect(result).toMatchObject({ leaseUntilMs: noonMs + 5 });
    expect((await regions.ledger(west, 'x').lookup([key]))[0]?.claims).toMatchObject([{ leaseUntilMs: noonMs + 5 }]);
  });

  it('is not given to the process that has the message in hand', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    regions.clock.advanceMs(1_000);
    expect(await one.claim(key)).toMatchObject({ status: 'elsewhere', owner: 'one', retryAfterMs: leaseMs - 1_000 });
    // Another Region's consumers are excluded by records, not by claims.
    expect(await regions.ledger(east, 'three').claim(key)).toMatchObject({ status: 'claimed', attempt: 1 });
  });

  it('of a message that was processed in either Region is not taken', async () => {
    for (const region of [west, east]) {
      const regions = new TwoLedgerRegions();
      const one = regions.ledger(region, 'one');
      await one.claim(key);
      await one.confirm(key);
      const writes = regions.tables.writes.length;
      expect(await regions.ledger(west, 'two').claim(key)).toEqual({
        status: 'processed',
        key,
        processed: [{ region, atMs: noonMs, by: 'billing' }],
      });
      expect(regions.tables.writes.length).toBe(writes);
    }
  });

  it('of several messages gives one result each, and the first of equal ones counts', async () => {
    const regions = new TwoLedgerRegions();
    const [a, b] = ledgerKeys('a', 'b');
    if (a === undefined || b === undefined) throw new TypeError('two keys');
    const one = regions.ledger(west, 'one');
    await one.claim(b);
    await one.confirm(b);
    const results = await regions.ledger(west, 'two').claimAll([a, b, { ...a }, a, { ...a, destination: 'returns' }]);
    expect(results.map(({ status }) => status)).toEqual(['claimed', 'processed', 'repeated', 'repeated', 'claimed']);
  });

  it('whose answer was lost is known by its owner', async () => {
    let calls = 0;
    let losing = 2;
    const regions = new TwoLedgerRegions({ losesAnswer: () => ++calls === losing });
    // The read, then the claim whose answer is lost.
    expect(await regions.ledger(west, 'one').claim(key)).toMatchObject({ status: 'claimed', attempt: 1 });
    regions.clock.advanceMs(endedMs + 1);
    calls = 0;
    losing = 3;
    // The read, the claim that is not free, then the takeover whose answer is lost.
    expect(await regions.ledger(west, 'two').claim(key)).toMatchObject({ status: 'claimed', attempt: 2 });
    expect(regions.ears.toldBy('onTakeover')).toHaveLength(1);
  });

  it('whose answers were all lost is nobody’s until it ends: its owner never learned of it', async () => {
    let calls = 0;
    const regions = new TwoLedgerRegions({ losesAnswer: () => [2, 3, 4].includes(++calls) });
    const one = regions.ledger(west, 'one');
    await expect(one.claim(key)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    regions.clock.advanceMs(1);
    expect(await one.claim(key)).toMatchObject({ status: 'elsewhere', owner: 'one' });
  });

  it('is reported as taken over once, not by those who claim the message later', async () => {
    const regions = new TwoLedgerRegions();
    const two = regions.ledger(west, 'two');
    await regions.ledger(west, 'one').claim(key);
    regions.clock.advanceMs(endedMs + 1);
    await two.claim(key);
    await two.abandon(key);
    regions.clock.advanceMs(1);
    expect(await regions.ledger(west, 'three').claim(key)).toMatchObject({ status: 'claimed', attempt: 3 });
    expect(regions.ears.toldBy('onTakeover')).toHaveLength(1);
  });

  it('is never shortened by a renewal', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claimAll([key], { leaseUntilMs: noonMs + 3_600_000 });
    await one.renewAll([key]);
    expect((await one.lookup([key]))[0]?.claims).toMatchObject([{ leaseUntilMs: noonMs + 3_600_000 }]);
  });

  it('that was renewed is safe to confirm without a condition until its new end', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    regions.clock.advanceMs(50_000);
    await one.renewAll([key]);
    regions.clock.advanceMs(50_000);
    await one.confirm(key);
    expect(regions.tables.writes.map(({ item }) => item.kind)).toEqual(['claim', 'claim', 'processed']);
  });

  it('is renewed for a whole lease, unless it was lost', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    regions.clock.advanceMs(endedMs + 1);
    expect(await one.renewAll([key])).toEqual([]);
    expect(await regions.ledger(west, 'two').claim(key)).toMatchObject({ status: 'elsewhere', owner: 'one' });
    regions.clock.advanceMs(endedMs + 1);
    await regions.ledger(west, 'two').claim(key);
    expect(await one.renewAll([key, ...ledgerKeys('never claimed')])).toEqual([key, ...ledgerKeys('never claimed')]);
  });

  it('fails as a whole when the table does, and reports no message as processed', async () => {
    const regions = new TwoLedgerRegions();
    for (const method of ['read', 'takeFree']) {
      const table = failingTable(regions.tables.in(west), (called) => (called === method ? unavailable : undefined));
      await expect(regions.ledger(west, 'one', { table }).claim(key)).rejects.toBe(unavailable);
    }
  });
});

describe('a confirmation', () => {
  it('records when, by whom and where, once', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    regions.clock.advanceMs(5_000);
    expect(await one.confirm(key)).toEqual({ key, status: 'confirmed' });
    regions.clock.advanceMs(5_000);
    expect(await one.confirm(key)).toEqual({ key, status: 'already' });
    expect((await one.lookup([key]))[0]?.processed).toEqual([{ region: west, atMs: noonMs + 5_000, by: 'billing' }]);
  });

  it('of a message that was never claimed records nothing', async () => {
    const regions = new TwoLedgerRegions();
    expect(await regions.ledger(west, 'one').confirm(key)).toEqual({ key, status: 'not-claimed' });
    expect(regions.tables.writes).toEqual([]);
  });

  it('that comes when the lease is nearly or quite over renews the claim first', async () => {
    for (const afterMs of [leaseMs - 4_999, leaseMs, endedMs + 10_000]) {
      const regions = new TwoLedgerRegions();
      const one = regions.ledger(west, 'one');
      await one.claim(key);
      regions.clock.advanceMs(afterMs);
      expect(await one.confirm(key)).toEqual({ key, status: 'confirmed' });
      expect(regions.tables.writes.map(({ item }) => item.kind)).toEqual(['claim', 'claim', 'processed']);
      expect(regions.tables.writes[1]?.item).toMatchObject({ leaseUntilMs: noonMs + afterMs + leaseMs });
    }
  });

  it('within a safe lease is one batched write without a condition', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    regions.clock.advanceMs(leaseMs - 5_000);
    await one.confirm(key);
    expect(regions.tables.writes.map(({ item }) => item.kind)).toEqual(['claim', 'processed']);
  });

  it('after the claim was taken over is recorded beside the claims, as a double that is named', async () => {
    for (const takerConfirmsFirst of [true, false]) {
      const regions = new TwoLedgerRegions();
      const one = regions.ledger(west, 'one');
      const two = regions.ledger(west, 'two', { consumer: 'shipping' });
      await one.claim(key);
      regions.clock.advanceMs(endedMs + 1);
      await two.claim(key);
      if (takerConfirmsFirst) await two.confirm(key);
      expect(await one.confirm(key)).toEqual({ key, status: 'late' });
      expect(await one.confirm(key)).toEqual({ key, status: 'not-claimed' });
      if (!takerConfirmsFirst) await two.confirm(key);
      expect(regions.ears.toldBy('onDuplicate')).toEqual([{ key, owner: 'one' }]);
      const [entry] = await two.lookup([key]);
      expect(entry?.processed).toHaveLength(2);
      expect(entry?.processed).toContainEqual({ region: west, atMs: noonMs + endedMs + 1, by: 'billing' });
      expect(entry?.processed).toContainEqual({ region: west, atMs: noonMs + endedMs + 1, by: 'shipping' });
    }
  });

  it('after the claim was taken over keeps the message from being processed again, though the taker dies', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    regions.clock.advanceMs(endedMs + 1);
    await regions.ledger(west, 'two').claim(key);
    await one.confirm(key);
    const atMs = noonMs + endedMs + 1;
    // While the taker's claim stands, and when it is over.
    for (const afterMs of [0, endedMs + 1]) {
      regions.clock.advanceMs(afterMs);
      expect(await regions.ledger(west, 'three').claim(key)).toEqual({
        status: 'processed',
        key,
        processed: [{ region: west, atMs, by: 'billing' }],
      });
    }
    // Who took the claim over at last recorded it where the other Region looks.
    expect(await regions.ledger(east, 'four').claim(key)).toMatchObject({ status: 'processed' });
    expect((await one.lookup([key]))[0]?.processed).toHaveLength(1);
  });

  it('that failed is repeated, with the same time, when a message comes back', async () => {
    const regions = new TwoLedgerRegions();
    let failing = true;
    const table = failingTable(regions.tables.in(west), (method) =>
      failing && method === 'putProcessed' ? unavailable : undefined,
    );
    const one = regions.ledger(west, 'one', { table });
    await one.claim(key);
    await expect(one.confirm(key)).rejects.toBe(unavailable);
    // The side effect may be recorded any moment: it is not given back.
    expect(await one.abandon(key)).toEqual({ key, status: 'not-held' });
    await expect(one.claim(key)).rejects.toBe(unavailable);
    failing = false;
    regions.clock.advanceMs(1_000);
    expect(await one.claim(key)).toEqual({
      status: 'processed',
      key,
      processed: [{ region: west, atMs: noonMs, by: 'billing' }],
    });
  });

  it('finds another owner where clocks differ beyond the allowance, and says so', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    regions.clock.advanceMs(leaseMs);
    await regions.tables.in(west).putProcessedOnce({
      key: { pk: 'orders|orders|ID:a', sk: `P#${west}` },
      item: { atMs: noonMs, by: 'shipping', owner: 'two' },
      expiresAtSeconds: 0,
    });
    expect(await one.confirm(key)).toEqual({ key, status: 'late' });
  });

  it('is forgotten an hour after its lease', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claimAll(ledgerKeys('a', 'b'));
    regions.clock.advanceMs(leaseMs + 3_600_000);
    await one.claimAll(ledgerKeys('c'));
    expect(await one.confirm(key)).toMatchObject({ status: 'confirmed' });
    regions.clock.advanceMs(1);
    await one.claimAll(ledgerKeys('d'));
    expect(await one.confirmAll(ledgerKeys('b'))).toMatchObject([{ status: 'not-claimed' }]);
  });
});

describe('an abandonment', () => {
  it('ends nobody else’s claim', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    regions.clock.advanceMs(endedMs + 1);
    await regions.ledger(west, 'two').claim(key);
    expect(await one.abandon(key)).toEqual({ key, status: 'not-held' });
    expect(await regions.ledger(west, 'three').claim(key)).toMatchObject({ status: 'elsewhere', owner: 'two' });
  });

  it('does not undo a confirmation', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claim(key);
    await one.confirm(key);
    expect(await one.abandon(key)).toEqual({ key, status: 'not-held' });
    expect(regions.tables.writes).toHaveLength(2);
  });

  it('of a claim that had been taken over leaves the lost one in doubt', async () => {
    const regions = new TwoLedgerRegions();
    const two = regions.ledger(west, 'two');
    await regions.ledger(west, 'one').claim(key);
    regions.clock.advanceMs(endedMs + 1);
    await two.claim(key);
    await two.abandon(key);
    expect((await two.lookup([key]))[0]?.claims).toEqual([
      { region: west, owner: 'one', leaseUntilMs: noonMs + leaseMs, atMs: noonMs, attempt: 2, takenOver: 1 },
    ]);
  });
});

describe('items', () => {
  it('may be deleted by TTL after the retention', async () => {
    const regions = new TwoLedgerRegions();
    const expiries: number[] = [];
    const table = regions.tables.in(west);
    const watched = new Proxy(table, {
      get(target, name) {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== 'function') return method;
        return (...input: readonly unknown[]) => {
          for (const found of JSON.stringify(input).matchAll(/"expiresAtSeconds":(\d+)/g))
            expiries.push(Number(found[1]));
          return method.apply(target, input) as unknown;
        };
      },
    });
    const one = regions.ledger(west, 'one', { table: watched });
    await one.claim(key);
    await one.confirm(key);
    expect(expiries).toEqual([noonMs / 1_000 + 86_400, noonMs / 1_000 + 86_400]);
  });

  it('are those of the pair, the destination and the message', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    const key = one.keyOf({
      destination: 'orders',
      messageId: 'ID:x|y',
      correlationId: undefined,
      property: () => undefined,
      bodySha256: () => undefined,
      source: undefined,
    });
    expect(key).toEqual({ pair: 'orders', destination: 'orders', id: 'ID:x|y' });
    await one.claim(key);
    expect(regions.tables.writes[0]?.name).toBe(`C#${west} orders|orders|ID:x%7cy`);
  });
});
