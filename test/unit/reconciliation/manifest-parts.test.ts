import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../functions/reconciliation/manifest.ts';
import { ManifestParts } from '../../../functions/reconciliation/manifest-parts.ts';
import { FakeStore } from '../../support/fake-queues.ts';
import { manifestLine } from '../../support/manifests.ts';

const lines = (from: number, count: number, changes: Parameters<typeof manifestLine>[0] = {}) =>
  Array.from({ length: count }, (_, index) => manifestLine({ position: from + index, ...changes }));

const positionsIn = (store: FakeStore, key: string): readonly number[] =>
  store
    .text(key)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).position);

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the parts of a manifest', () => {
  it('hold the lines in their order, whatever order the batches come in', async () => {
    const store = new FakeStore();
    const parts = new ManifestParts(store, 'p-');
    for (const from of [200, 0, 300, 100, 400]) await parts.add(lines(from, 100));
    const { parts: stored } = await parts.end();
    expect(stored).toEqual([{ key: 'p-00000.ndjson', sha256: sha256(store.text('p-00000.ndjson')), messages: 500 }]);
    expect(positionsIn(store, 'p-00000.ndjson')).toEqual(upTo(500));
  });

  it('are written as soon as one is full, and numbered so that their names sort', async () => {
    const store = new FakeStore();
    const parts = new ManifestParts(store, 'p-');
    for (let from = 0; from < 12_300; from += 100) {
      await parts.add(lines(from, 100));
      // Nothing of a full part stays behind.
      expect(store.keys.length).toBe(Math.floor((from + 100) / 5_000));
    }
    const { parts: stored } = await parts.end();
    expect(stored.map(({ messages }) => messages)).toEqual([5_000, 5_000, 2_300]);
    expect(store.keys).toEqual(['p-00000.ndjson', 'p-00001.ndjson', 'p-00002.ndjson']);
    expect(stored.flatMap(({ key }) => positionsIn(store, key))).toEqual(upTo(12_300));
  });

  it('keep the order while the batches before a late one are waited for', async () => {
    const store = new FakeStore();
    const parts = new ManifestParts(store, 'p-');
    for (let from = 100; from < 5_100; from += 100) await parts.add(lines(from, 100));
    expect(store.keys).toEqual([]);
    await parts.add(lines(0, 100));
    const { parts: stored } = await parts.end();
    expect(stored.flatMap(({ key }) => positionsIn(store, key))).toEqual(upTo(5_100));
  });

  it('lose no line behind a batch that never came', async () => {
    const store = new FakeStore();
    const parts = new ManifestParts(store, 'p-');
    for (const from of [9, 0, 3]) await parts.add(lines(from, 2));
    const { parts: stored, counts } = await parts.end();
    expect(stored.flatMap(({ key }) => positionsIn(store, key))).toEqual([0, 1, 3, 4, 9, 10]);
    expect(counts.processed).toBe(6);
  });

  it('count by class', async () => {
    const parts = new ManifestParts(new FakeStore(), 'p-');
    await parts.add(lines(0, 3));
    await parts.add(lines(3, 2, { class: 'uncertain' }));
    await parts.add(lines(5, 1, { class: 'expired' }));
    expect((await parts.end()).counts).toEqual({ processed: 3, unprocessed: 0, uncertain: 2, expired: 1 });
  });

  it('are none for a queue without messages', async () => {
    const store = new FakeStore();
    const parts = new ManifestParts(store, 'p-');
    await parts.add([]);
    expect(await parts.end()).toEqual({
      parts: [],
      counts: { processed: 0, unprocessed: 0, uncertain: 0, expired: 0 },
    });
    expect(store.keys).toEqual([]);
  });

  it('raise what the store raises', async () => {
    const store = new FakeStore();
    const parts = new ManifestParts(store, 'p-');
    await parts.add(lines(0, 1));
    store.failNext = new Error('the bucket is gone');
    await expect(parts.end()).rejects.toThrow('the bucket is gone');
  });
});
