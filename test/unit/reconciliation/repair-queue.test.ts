import { describe, expect, it } from 'vitest';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import {
  type ManifestLine,
  type ScannedQueue,
  sha256,
  writeLines,
} from '../../../functions/reconciliation/manifest.ts';
import { type RepairPorts, repairQueue } from '../../../functions/reconciliation/repair-queue.ts';
import { LockLost, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { noonMs } from '../../support/brokers.ts';
import { FakeQueues, FakeStore, heldMessage, ScanCrashed } from '../../support/fake-queues.ts';
import { manifestLine, queueScan } from '../../support/manifests.ts';

const quarantine = 'mq-dr.quarantine.work';
const ids = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

/** A manifest whose lines are spread over parts of two. */
const setup = async (lines: readonly Partial<ManifestLine>[]) => {
  const queues = new FakeQueues();
  const store = new FakeStore();
  const parts: ScannedQueue['parts'] = [];
  for (let from = 0; from < lines.length; from += 2) {
    const text = writeLines(
      lines.slice(from, from + 2).map((line, index) => manifestLine({ position: from + index, ...line })),
    );
    const key = `scan-0-${parts.length}.ndjson`;
    parts.push({ key, sha256: sha256(text), messages: Math.min(2, lines.length - from) });
    await store.put(key, text);
  }
  const repair = (ports: Partial<RepairPorts> = {}) =>
    repairQueue(
      { scan: queueScan({ parts }), quarantine, keyPrefix: 'repair-0-', deadlineMs: noonMs + 270_000 },
      {
        queueScan: queues,
        identify: identifyHeld({ from: 'message-id' }),
        store,
        readCounts: queues.counts,
        keepLock: async () => {},
        ...ports,
      },
    );
  return { queues, store, parts, repair };
};

const processed = (...messageIds: readonly string[]): readonly Partial<ManifestLine>[] =>
  messageIds.map((id) => ({ id: `ID:${id}` }));

describe('the repair of a queue', () => {
  it('removes what the manifest proves processed, after a copy, and leaves the rest in order', async () => {
    const { queues, store, repair } = await setup(processed('m1', 'm3', 'm240'));
    queues.sendIds('work', ...ids(250));
    expect(await repair()).toEqual({
      queue: 'work',
      removed: 3,
      gone: 0,
      complete: true,
      findings: [],
      deliveries: { before: 0, after: 1 },
    });
    expect(queues.idsIn('work')).toEqual(ids(250).filter((id) => !['m1', 'm3', 'm240'].includes(id)));
    expect(queues.idsIn(quarantine)).toEqual(['m1', 'm3', 'm240']);
    expect(queues.scans).toEqual([
      { queue: 'work', options: { quarantine, deadlineMs: noonMs + 270_000, sizeAtStart: 250 } },
    ]);
    expect(JSON.parse(store.text('repair-0-removed.json'))).toEqual({
      queue: 'work',
      quarantine,
      removed: ['ID:m1', 'ID:m3', 'ID:m240'],
    });
  });

  it('touches only ids of the manifest, and of those only the class "processed"', async () => {
    const { queues, repair } = await setup([
      { id: 'ID:m0' },
      { id: 'ID:m1', class: 'unprocessed', processed: null },
      { id: 'ID:m2', class: 'uncertain', processed: null },
      { id: 'ID:m3', class: 'expired', processed: null },
      { id: null },
    ]);
    queues.sendIds('work', ...ids(6)).send('work', [heldMessage({ messageId: undefined })]);
    expect(await repair()).toMatchObject({ removed: 1, gone: 0 });
    expect(queues.idsIn('work')).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'undefined']);
  });

  it('counts what others consumed since the manifest was made', async () => {
    const { queues, repair } = await setup(processed('m0', 'm1', 'm2'));
    queues.sendIds('work', 'm1', 'other');
    expect(await repair()).toMatchObject({ removed: 1, gone: 2, complete: true });
  });

  it('removes an id as often as the manifest lists it; one that came since is left, and reported', async () => {
    const { queues, repair } = await setup(processed('m0', 'm0'));
    queues.sendIds('work', 'm0', 'x', 'm0', 'm0');
    expect(await repair()).toMatchObject({
      removed: 2,
      gone: 0,
      complete: false,
      findings: [{ code: 'ID_REPEATED', evidence: { queue: 'work', count: 1, ids: ['ID:m0'] } }],
    });
    expect(queues.idsIn('work')).toEqual(['x', 'm0']);
  });

  it('says nothing of a message with the id that the manifest lists in another class', async () => {
    const { queues, repair } = await setup([
      ...processed('m0'),
      { id: 'ID:m0', class: 'uncertain', createdAtMs: noonMs, processed: null },
    ]);
    queues.sendIds('work', 'm0').send('work', [heldMessage({ messageId: 'm0', createdAtMs: noonMs })]);
    expect(await repair()).toMatchObject({ removed: 1, gone: 0, complete: true, findings: [] });
    expect(queues.messages('work').map(({ createdAtMs }) => createdAtMs)).toEqual([noonMs]);
  });

  it('leaves a message that has the id and was made at another time, whatever became of the listed one', async () => {
    const { queues, repair } = await setup(processed('m0'));
    queues.send('work', [heldMessage({ messageId: 'm0', createdAtMs: noonMs })]);
    expect(await repair()).toMatchObject({ removed: 0, gone: 1, findings: [{ code: 'ID_REPEATED' }] });
    expect(queues.idsIn('work')).toEqual(['m0']);
  });

  it('does not attach to a queue that the broker does not have any more', async () => {
    const { queues, repair } = await setup(processed('m0', 'm1'));
    queues.sendIds('other', 'm0');
    expect(await repair()).toMatchObject({ removed: 0, gone: 2, complete: false, findings: [{ code: 'QUEUE_GONE' }] });
    expect(queues.scans).toEqual([]);
  });

  it('does not touch a queue of which the manifest proves nothing processed', async () => {
    const { queues, repair } = await setup([{ id: 'ID:m0', class: 'uncertain', processed: null }]);
    queues.sendIds('work', 'm0');
    expect(await repair()).toMatchObject({ removed: 0, gone: 0, complete: true });
    expect(queues.scans).toEqual([]);
  });

  it('leaves what others put there meanwhile, and stays complete', async () => {
    const { queues, repair } = await setup(processed('m0', 'm150'));
    queues.sendIds('work', ...ids(200));
    queues.disturbance = {
      beforeBatch: (batch) => {
        if (batch === 1) queues.sendIds('work', 'new').consume('work', 2);
      },
    };
    expect(await repair()).toMatchObject({ removed: 2, complete: true, findings: [] });
    expect(queues.idsIn('work').at(-1)).toBe('new');
  });

  it('keeps the list of what it removed when the counters cannot be read after it', async () => {
    const { queues, store, repair } = await setup(processed('m0'));
    queues.sendIds('work', 'm0', 'm1');
    let reads = 0;
    const readCounts: RepairPorts['readCounts'] = async () => {
      reads += 1;
      if (reads > 1) throw new ServiceUnavailable('no console');
      return await queues.counts();
    };
    await expect(repair({ readCounts })).rejects.toThrow('no console');
    expect(JSON.parse(store.text('repair-0-removed.json'))).toMatchObject({ removed: ['ID:m0'] });
  });

  it('is incomplete where the scan did not reach the end or the counts do not add up', async () => {
    const { queues, repair } = await setup(processed('m0'));
    queues.sendIds('work', ...ids(200));
    queues.disturbance = { endsBefore: 1 };
    expect(await repair()).toMatchObject({ removed: 1, complete: false, findings: [{ code: 'SEEN_MISMATCH' }] });
  });

  it('is incomplete where the scan removed fewer than it was told to', async () => {
    const { queues, repair } = await setup(processed('m0', 'm1'));
    queues.sendIds('work', 'm0', 'm1');
    const queueScan: RepairPorts['queueScan'] = {
      scan: async (queue, options, visit) =>
        await queues.scan(queue, options, async (batch) => {
          const [first = 'keep', ...rest] = await visit(batch);
          return [first, ...rest.map(() => 'keep' as const)];
        }),
    };
    expect(await repair({ queueScan })).toMatchObject({ removed: 1, gone: 1, complete: false });
  });

  it('goes on after a crash: nothing is lost, and a second run finishes', async () => {
    const { queues, repair } = await setup(processed(...ids(250).filter((_, index) => index % 2 === 0)));
    queues.sendIds('work', ...ids(250));
    queues.disturbance = { crash: { batch: 1, removals: 7, halfDone: true } };
    await expect(repair()).rejects.toThrow(ScanCrashed);
    const left = queues.idsIn('work');
    expect(left.length).toBe(250 - 50 - 7);
    // The one that was copied and not removed is in both.
    expect(queues.idsIn(quarantine).filter((id) => left.includes(id))).toEqual(['m114']);
    expect(await repair()).toMatchObject({ removed: 125 - 57, gone: 57, complete: true });
    expect(queues.idsIn('work')).toEqual(ids(250).filter((_, index) => index % 2 === 1));
    expect(new Set(queues.idsIn(quarantine)).size).toBe(125);
  });

  it('stops before a batch when the lock is lost, with everything before it done', async () => {
    const { queues, store, repair } = await setup(processed(...ids(250)));
    queues.sendIds('work', ...ids(250));
    let asked = 0;
    const keepLock = async () => {
      asked += 1;
      if (asked === 2) throw new LockLost('another run acts');
    };
    await expect(repair({ keepLock })).rejects.toThrow(LockLost);
    expect(queues.idsIn('work')).toEqual(ids(250).slice(100));
    expect(store.keys.includes('repair-0-removed.json')).toBe(false);
  });

  it('removes nothing by a manifest that was changed or has lost a part', async () => {
    const { queues, store, parts, repair } = await setup(processed('m0', 'm1', 'm2'));
    queues.sendIds('work', 'm0', 'm1', 'm2', 'm3');
    const key = parts[1]?.key ?? '';
    const text = store.text(key);
    await store.put(key, text.replace('m2', 'm3'));
    await expect(repair()).rejects.toMatchObject({ name: 'InvalidInput' });
    store.drop(key);
    await expect(repair()).rejects.toMatchObject({
      name: 'UnexpectedAnswer',
      message: expect.stringContaining(`part ${key} of the manifest is gone`),
    });
    expect(queues.scans).toEqual([]);
    expect(queues.idsIn('work').length).toBe(4);
  });
});
