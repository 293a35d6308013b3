import { describe, expect, it } from 'vitest';
import { itemName, type LedgerItemKey, type LedgerTable } from '../../functions/ledger/ledger-table.ts';
import { west } from '../../testbed/orders.ts';
import { noonMs } from './brokers.ts';

const claimOfA: LedgerItemKey = { pk: 'orders|orders|ID:a', sk: `C#${west}` };
const recordOfA: LedgerItemKey = { pk: 'orders|orders|ID:a', sk: `P#${west}` };
const request = (owner: string, atMs = noonMs) => ({ owner, atMs, leaseUntilMs: atMs + 60_000, expiresAtSeconds: 7 });
const never = Number.POSITIVE_INFINITY;

/**
 * What every table of a ledger does, whatever is behind it.
 *
 * @param withTable calls its argument with an empty table, each time
 */
export const describeLedgerTable = (
  what: string,
  withTable: (body: (table: LedgerTable) => Promise<void>) => Promise<void>,
): void => {
  describe(`the ledger’s table in ${what}`, () => {
    const itemOf = async (table: LedgerTable, key: LedgerItemKey) => (await table.read([key])).get(itemName(key));

    it('gives a claim to the first, and again after it was abandoned', async () => {
      await withTable(async (table) => {
        expect(await table.takeFree(claimOfA, request('one'))).toEqual({
          kind: 'claim',
          owner: 'one',
          atMs: noonMs,
          leaseUntilMs: noonMs + 60_000,
          endedAtMs: undefined,
          attempt: 1,
          takenOver: 0,
          lost: undefined,
          refusals: 0,
          late: [],
        });
        expect(await table.takeFree(claimOfA, request('two'))).toBeUndefined();
        expect(await table.takeFree(claimOfA, request('one'))).toBeUndefined();
        expect(await table.end(claimOfA, { owner: 'two', atMs: noonMs }, noonMs + 1)).toBe(false);
        expect(await table.end(claimOfA, { owner: 'one', atMs: noonMs - 1 }, noonMs + 1)).toBe(false);
        expect(await table.end(claimOfA, { owner: 'one', atMs: noonMs }, noonMs + 1)).toBe(true);
        // Sent again after a lost answer.
        expect(await table.end(claimOfA, { owner: 'one', atMs: noonMs }, noonMs + 1)).toBe(true);
        expect(await itemOf(table, claimOfA)).toMatchObject({ endedAtMs: noonMs + 1 });
        expect(await table.takeFree(claimOfA, request('two', noonMs + 2))).toMatchObject({
          owner: 'two',
          atMs: noonMs + 2,
          attempt: 2,
          takenOver: 0,
          endedAtMs: undefined,
        });
      });
    });

    it('lets a claim be taken over once its lease is over, and remembers whose it was', async () => {
      await withTable(async (table) => {
        expect(await table.takeOver(claimOfA, request('two'), 1e15)).toBeUndefined();
        await table.takeFree(claimOfA, request('one'));
        expect(await table.takeOver(claimOfA, request('two', noonMs + 5), noonMs + 60_000)).toBeUndefined();
        const taken = {
          owner: 'two',
          atMs: noonMs + 5,
          leaseUntilMs: noonMs + 60_005,
          attempt: 2,
          takenOver: 1,
          lost: { owner: 'one', atMs: noonMs, leaseUntilMs: noonMs + 60_000, takenOverAtMs: noonMs + 5 },
        };
        expect(await table.takeOver(claimOfA, request('two', noonMs + 5), noonMs + 60_001)).toMatchObject(taken);
        expect(await itemOf(table, claimOfA)).toMatchObject(taken);
        expect(await table.takeOver(claimOfA, request('three', noonMs + 6), 1e15)).toMatchObject({
          attempt: 3,
          takenOver: 2,
          lost: { owner: 'two', takenOverAtMs: noonMs + 6 },
        });
        await table.end(claimOfA, { owner: 'three', atMs: noonMs + 6 }, noonMs + 7);
        expect(await table.takeOver(claimOfA, request('four'), 1e15)).toBeUndefined();
        // What was lost stays lost.
        expect(await table.takeFree(claimOfA, request('four', noonMs + 8))).toMatchObject({
          attempt: 4,
          takenOver: 2,
          lost: { owner: 'two' },
        });
      });
    });

    it('counts refusals, also of a message that has no claim any more', async () => {
      await withTable(async (table) => {
        expect(await table.refuse(claimOfA, 7)).toMatchObject({ owner: undefined, refusals: 1 });
        await table.takeFree(claimOfA, request('one'));
        expect(await table.refuse(claimOfA, 7)).toMatchObject({ owner: 'one', attempt: 1, refusals: 2 });
      });
    });

    it('lets only the claim’s owner have more time, unless it was abandoned', async () => {
      await withTable(async (table) => {
        expect(await table.extend(claimOfA, request('one'))).toBe(false);
        await table.takeFree(claimOfA, request('one'));
        expect(await table.extend(claimOfA, request('two'))).toBe(false);
        expect(await table.extend(claimOfA, request('one', noonMs + 1))).toBe(false);
        expect(await table.extend(claimOfA, { ...request('one'), leaseUntilMs: noonMs + 99_000 })).toBe(true);
        expect(await itemOf(table, claimOfA)).toMatchObject({ atMs: noonMs, leaseUntilMs: noonMs + 99_000 });
        await table.end(claimOfA, { owner: 'one', atMs: noonMs }, noonMs);
        expect(await table.extend(claimOfA, request('one'))).toBe(false);
      });
    });

    it('records late side effects, each owner’s once', async () => {
      await withTable(async (table) => {
        const late = (owner: string) => ({ atMs: noonMs, by: 'billing', owner });
        await table.recordLate(claimOfA, late('one'), 7);
        await table.takeFree(claimOfA, request('two'));
        await table.recordLate(claimOfA, late('one'), 7);
        await table.recordLate(claimOfA, late('three'), 7);
        expect(await itemOf(table, claimOfA)).toMatchObject({ owner: 'two', late: [late('one'), late('three')] });
      });
    });

    it('keeps a record that exists, and gives it', async () => {
      await withTable(async (table) => {
        const write = (owner: string) => ({
          key: recordOfA,
          item: { atMs: noonMs, by: 'billing', owner },
          expiresAtSeconds: 7,
        });
        expect(await table.putProcessedOnce(write('one'))).toBeUndefined();
        const record = { kind: 'processed', atMs: noonMs, by: 'billing', owner: 'one' };
        expect(await table.putProcessedOnce(write('two'))).toEqual(record);
        expect(await itemOf(table, recordOfA)).toEqual(record);
      });
    });

    it('keeps the creation times of messages, and the records of older ones with the same id', async () => {
      await withTable(async (table) => {
        const first = { atMs: noonMs, by: 'billing', owner: 'one', createdAtMs: noonMs - 5 };
        const item = { atMs: noonMs + 9, by: 'billing', owner: 'two', createdAtMs: noonMs + 1, earlier: [first] };
        await table.putProcessed([{ key: recordOfA, item, expiresAtSeconds: 7 }], never);
        expect(await itemOf(table, recordOfA)).toEqual({ kind: 'processed', ...item });
        await table.recordLate(claimOfA, first, 7);
        expect(await itemOf(table, claimOfA)).toMatchObject({ late: [first] });
      });
    });

    it('writes and reads many items, with any characters in their keys', async () => {
      await withTable(async (table) => {
        const keys = Array.from({ length: 230 }, (_, index) => ({ pk: `orders|o "'\\%00|${index}`, sk: `P#${west}` }));
        const writes = keys.map((key, atMs) => ({ key, item: { atMs, by: 'b', owner: 'o' }, expiresAtSeconds: 7 }));
        await table.putProcessed(writes, never);
        const read = await table.read([...keys, claimOfA]);
        expect(read.size).toBe(230);
        expect(keys.map((key) => read.get(itemName(key)))).toEqual(
          writes.map(({ item }) => ({ kind: 'processed', ...item })),
        );
      });
    });
  });
};
