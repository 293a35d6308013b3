import { describe, expect, it } from 'vitest';
import { judgeDuplicate } from '../../../functions/ledger/judge-duplicate.ts';
import type { LedgerEntry } from '../../../functions/ledger/ledger-entry.ts';
import type { LedgerItemKey } from '../../../functions/ledger/ledger-table.ts';
import { AccessDenied, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { east, west } from '../../../testbed/orders.ts';
import { noonMs } from '../../support/brokers.ts';
import { ledgerKeys } from '../../support/simulated-tables.ts';
import { failingTable, TwoLedgerRegions } from '../../support/two-ledger-regions.ts';

const never = Number.POSITIVE_INFINITY;
const processedIn = (region: string) => ({ region, atMs: noonMs, by: 'billing' });

describe('a lookup', () => {
  it('reads each Region’s items where they are authoritative, whatever has been replicated', async () => {
    const regions = new TwoLedgerRegions({ lagMs: () => never });
    const keys = ledgerKeys('a', 'b', 'c');
    const one = regions.ledger(west, 'one');
    const two = regions.ledger(east, 'two');
    await one.claimAll(ledgerKeys('a'));
    await one.confirmAll(ledgerKeys('a'));
    await two.claimAll(ledgerKeys('a', 'b'));
    await two.confirmAll(ledgerKeys('a'));
    for (const ledger of [one, two]) {
      const entries = await ledger.lookup(keys);
      expect(entries.map(({ key }) => key)).toEqual(keys);
      expect(entries.map(({ otherRegion }) => otherRegion)).toEqual(['read', 'read', 'read']);
      expect(new Set(entries[0]?.processed)).toEqual(new Set([processedIn(west), processedIn(east)]));
      expect(entries[1]).toMatchObject({ processed: [], claims: [{ region: east, owner: 'two' }] });
      expect(entries[2]).toMatchObject({ processed: [], claims: [] });
    }
  });

  it('asks each Region for its own items only, each key once', async () => {
    const regions = new TwoLedgerRegions();
    const asked: Record<string, readonly LedgerItemKey[]> = {};
    const watched = (region: string) => ({
      ...regions.tables.in(region),
      region,
      read: async (keys: readonly LedgerItemKey[]) => {
        asked[region] = keys;
        return new Map();
      },
    });
    const ledger = regions.ledger(west, 'one', {
      table: Object.setPrototypeOf(watched(west), regions.tables.in(west)),
      otherTable: watched(east),
    });
    await ledger.lookup([...ledgerKeys('a'), ...ledgerKeys('a')]);
    expect(asked).toEqual({
      [west]: ['P', 'C'].map((kind) => ({ pk: 'orders|orders|ID:a', sk: `${kind}#${west}` })),
      [east]: ['P', 'C'].map((kind) => ({ pk: 'orders|orders|ID:a', sk: `${kind}#${east}` })),
    });
  });

  it('of nothing asks nobody anything that matters', async () => {
    expect(await new TwoLedgerRegions().ledger(west, 'one').lookup([])).toEqual([]);
  });

  it('says when the other Region cannot be read, shows what has arrived, and lets it rest for half a minute', async () => {
    for (const error of [new ServiceUnavailable('no answer'), new AccessDenied('no right')]) {
      const regions = new TwoLedgerRegions({ lagMs: () => 1_000 });
      const two = regions.ledger(east, 'two');
      await two.claimAll(ledgerKeys('a', 'b'));
      await two.confirmAll(ledgerKeys('a'));
      regions.clock.advanceMs(1_000);
      await two.confirmAll(ledgerKeys('b'));
      let attempts = 0;
      let failing = true;
      const otherTable = failingTable(regions.tables.in(east), () => {
        attempts += 1;
        return failing ? error : undefined;
      });
      const one = regions.ledger(west, 'one', { otherTable });
      const entries = await one.lookup(ledgerKeys('a', 'b'));
      expect(entries).toMatchObject([
        { otherRegion: 'unreachable', processed: [{ region: east }], claims: [{ owner: 'two' }] },
        { otherRegion: 'unreachable', processed: [], claims: [{ owner: 'two' }] },
      ]);
      failing = false;
      regions.clock.advanceMs(29_999);
      expect(await one.lookup(ledgerKeys('a'))).toMatchObject([{ otherRegion: 'unreachable' }]);
      expect(attempts).toBe(1);
      regions.clock.advanceMs(1);
      expect(await one.lookup(ledgerKeys('a'))).toMatchObject([{ otherRegion: 'read' }]);
      expect(await one.lookup(ledgerKeys('a'))).toMatchObject([{ otherRegion: 'read' }]);
      expect(attempts).toBe(3);
    }
  });

  it('fails when the own Region cannot be read', async () => {
    const regions = new TwoLedgerRegions();
    const error = new ServiceUnavailable('no answer');
    const table = failingTable(regions.tables.in(west), () => error);
    await expect(regions.ledger(west, 'one', { table }).lookup(ledgerKeys('a'))).rejects.toBe(error);
  });

  it('asks nobody else where the other Region must not be asked', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one', { otherTable: undefined });
    expect(await one.lookup(ledgerKeys('a'))).toMatchObject([{ otherRegion: 'unreachable' }]);
  });

  it('of a message whose consumer crashed shows its claim: the message is uncertain', async () => {
    const regions = new TwoLedgerRegions();
    const one = regions.ledger(west, 'one');
    await one.claimAll(ledgerKeys('a'));
    regions.clock.advanceMs(3_600_000);
    const [entry] = await one.lookup(ledgerKeys('a'));
    expect(entry).toMatchObject({
      processed: [],
      claims: [{ region: west, owner: 'one', leaseUntilMs: noonMs + 60_000, atMs: noonMs, attempt: 1, takenOver: 0 }],
    });
  });
});

describe('a double', () => {
  const claim = { region: west, owner: 'one', leaseUntilMs: 0, atMs: 0, attempt: 1, takenOver: 0 };
  const entry = (changes: Partial<LedgerEntry>): LedgerEntry => ({
    key: { pair: 'orders', destination: 'orders', id: 'ID:a' },
    processed: [],
    claims: [],
    otherRegion: 'read',
    ...changes,
  });

  it.each([
    ['nothing', entry({}), 'none'],
    ['a claim alone', entry({ claims: [claim] }), 'none'],
    ['a record and its claim', entry({ processed: [processedIn(west)], claims: [claim] }), 'none'],
    [
      'a record and a claim that took over another',
      entry({ processed: [processedIn(west)], claims: [{ ...claim, takenOver: 1 }] }),
      'possible',
    ],
    [
      'a record and a claim of the other Region',
      entry({ processed: [processedIn(east)], claims: [claim] }),
      'possible',
    ],
    ['two records', entry({ processed: [processedIn(west), processedIn(east)], claims: [claim] }), 'recorded'],
  ])('is judged from %s', (_, given, judgement) => {
    expect(judgeDuplicate(given)).toBe(judgement);
  });
});
