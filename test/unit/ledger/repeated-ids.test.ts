import { describe, expect, it } from 'vitest';
import { judgeDuplicate } from '../../../functions/ledger/judge-duplicate.ts';
import { fromJms } from '../../../functions/ledger/ledger-message.ts';
import { processOnce } from '../../../functions/ledger/process-once.ts';
import { provesProcessed } from '../../../functions/ledger/proves-processed.ts';
import { east, west } from '../../../testbed/orders.ts';
import { noonMs } from '../../support/brokers.ts';
import { ledgerKeys } from '../../support/simulated-tables.ts';
import { TwoLedgerRegions } from '../../support/two-ledger-regions.ts';

const [key = { pair: '', destination: '', id: '' }] = ledgerKeys('a');
const dayMs = 86_400_000;
const endedMs = 70_001;

/** A message that was made at that time, with the id that all of this test's have. */
const madeAt = (createdAtMs: number) => ({ ...key, createdAtMs });
const jmsMadeAt = (JMSTimestamp: number) => fromJms({ JMSMessageID: 'ID:a', JMSTimestamp }, 'work');

/** Regions in which a message made at noon was processed at noon, and a day has passed. */
const aDayAfter = async (region = west) => {
  const regions = new TwoLedgerRegions();
  const first = regions.ledger(region, 'first');
  await first.claim(madeAt(noonMs));
  await first.confirm(key);
  regions.clock.advanceMs(dayMs);
  return regions;
};

describe('whether a record is about a message', () => {
  const skewMs = 10_000;
  it.each([
    ['says the same creation time', { atMs: 500, createdAtMs: 100 }, 100, true],
    ['says another one, however close', { atMs: 500, createdAtMs: 100 }, 101, false],
    ['says the same one of a producer whose clock is ahead', { atMs: 500, createdAtMs: 61_500 }, 61_500, true],
    ['says none, and the message is older', { atMs: 500 }, 400, true],
    ['says none, and the clocks may differ', { atMs: 500 }, 500 + skewMs, true],
    ['says none, and the message is newer', { atMs: 500 }, 501 + skewMs, false],
    ['is all that is known', { atMs: 500, createdAtMs: 100 }, undefined, true],
  ])('that %s', (_, record, createdAtMs, proves) => {
    expect(provesProcessed(record, createdAtMs)).toBe(proves);
  });
});

describe.each([[west], [east]])('a message with the id of one that %s processed', (region) => {
  it('is handed over, the observer is told, and its own record is kept next to the older one', async () => {
    const regions = await aDayAfter(region);
    const second = madeAt(noonMs + dayMs);
    const ledger = regions.ledger(west, 'second');
    expect(await ledger.claim(second)).toMatchObject({ status: 'claimed', key });
    expect(regions.ears.toldBy('onIdRepeated')).toEqual([
      { key, createdAtMs: noonMs + dayMs, records: [{ region, atMs: noonMs, by: 'billing', createdAtMs: noonMs }] },
    ]);
    // The first one's claim was confirmed: nothing was lost with it.
    expect(regions.ears.toldBy('onTakeover')).toEqual([]);
    await ledger.confirm(key);
    const third = regions.ledger(west, 'third');
    expect(await third.claim(second)).toMatchObject({ status: 'processed' });
    expect(await third.claim(madeAt(noonMs))).toMatchObject({ status: 'processed' });
    expect(await third.claim({ ...key })).toMatchObject({ status: 'processed' });
    const [entry] = await third.lookup([key]);
    expect(entry?.processed.map(({ createdAtMs }) => createdAtMs).sort()).toEqual([noonMs, noonMs + dayMs]);
    expect(entry && judgeDuplicate(entry)).not.toBe('recorded');
  });

  it('is confirmed also when its claim has run short', async () => {
    const regions = await aDayAfter(region);
    const ledger = regions.ledger(west, 'second');
    await ledger.claim(madeAt(noonMs + dayMs));
    regions.clock.advanceMs(58_000);
    expect(await ledger.confirm(key)).toMatchObject({ status: 'confirmed' });
    const third = regions.ledger(west, 'third');
    expect(await third.claim(madeAt(noonMs + dayMs))).toMatchObject({ status: 'processed' });
    expect(await third.claim(madeAt(noonMs))).toMatchObject({ status: 'processed' });
  });
});

describe('messages with one id', () => {
  it('that stand in one batch are two messages: the second one comes again', async () => {
    const regions = new TwoLedgerRegions();
    const ledger = regions.ledger(west, 'one');
    const results = await ledger.claimAll([madeAt(noonMs), madeAt(noonMs), madeAt(noonMs + 5)]);
    expect(results).toMatchObject([
      { status: 'claimed' },
      { status: 'repeated' },
      { status: 'elsewhere', owner: 'one', refusals: 0, retryAfterMs: endedMs },
    ]);
    const handled: unknown[] = [];
    const other = new TwoLedgerRegions().ledger(west, 'one');
    const messages = [jmsMadeAt(noonMs), jmsMadeAt(noonMs + 5)];
    const outcomes = await processOnce(other, messages, async (message) => void handled.push(message.createdAtMs));
    expect(outcomes.map(({ status, acknowledge }) => [status, acknowledge])).toEqual([
      ['processed', true],
      ['elsewhere', false],
    ]);
    expect(handled).toEqual([noonMs]);
  });

  it('are never given up for the refusals of the older one', async () => {
    const regions = new TwoLedgerRegions();
    const first = regions.ledger(west, 'first');
    await first.claim(madeAt(noonMs));
    await first.confirm(key);
    const second = regions.ledger(west, 'second');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await second.claim(madeAt(noonMs + 5))).toMatchObject({ status: 'elsewhere', refusals: 0 });
    }
    regions.clock.advanceMs(endedMs);
    expect(await second.claim(madeAt(noonMs + 5))).toMatchObject({ status: 'claimed' });
  });

  it('are told apart where one was recorded late', async () => {
    const regions = new TwoLedgerRegions();
    const slow = regions.ledger(west, 'slow');
    await slow.claim(madeAt(noonMs));
    regions.clock.advanceMs(endedMs);
    const quick = regions.ledger(west, 'quick');
    await quick.claim(madeAt(noonMs));
    expect(await slow.confirm(key)).toMatchObject({ status: 'late' });
    await quick.abandon(key);
    const next = regions.ledger(west, 'next');
    expect(await next.claim(madeAt(noonMs))).toMatchObject({ status: 'processed' });
    regions.clock.advanceMs(endedMs);
    expect(await regions.ledger(west, 'other').claim(madeAt(noonMs + 5))).toMatchObject({ status: 'claimed' });
  });

  it('keep the records of the last twenty', async () => {
    const regions = new TwoLedgerRegions();
    for (let made = 0; made < 25; made += 1) {
      const ledger = regions.ledger(west, `run-${made}`);
      await ledger.claim(madeAt(noonMs + made));
      await ledger.confirm(key);
      regions.clock.advanceMs(endedMs);
    }
    const [entry] = await regions.ledger(west, 'reader').lookup([key]);
    expect(entry?.processed.map(({ createdAtMs }) => createdAtMs)).toEqual(
      Array.from({ length: 21 }, (_, index) => noonMs + 4 + index),
    );
  });
});

describe('a key', () => {
  it.each(['orders?a=b', 'orders.*', 'a,b', 'topic://prices'])('of "%s" is not claimed', async (destination) => {
    const ledger = new TwoLedgerRegions().ledger(west, 'one');
    await expect(ledger.claim({ ...key, destination })).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});
