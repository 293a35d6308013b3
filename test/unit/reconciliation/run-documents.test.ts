import { describe, expect, it } from 'vitest';
import { findManifest, takeManifest } from '../../../functions/reconciliation/find-manifest.ts';
import { manifestKey, sha256, writeManifest } from '../../../functions/reconciliation/manifest.ts';
import { RunDocuments } from '../../../functions/reconciliation/run-documents.ts';
import { FakeStore } from '../../support/fake-queues.ts';
import { manifest, queueScan } from '../../support/manifests.ts';

const setup = (execution = 'run-1') => {
  const store = new FakeStore();
  return { store, documents: new RunDocuments(store, 'orders', execution) };
};

const repair = {
  queue: 'work',
  removed: 2,
  gone: 0,
  complete: true,
  findings: [],
  deliveries: { before: 0, after: 1 },
};

describe('the documents of a run', () => {
  it('are kept under the pair and the name of the execution', async () => {
    const { store, documents } = setup();
    await documents.putQueues(['b', 'a']);
    await documents.putScan(1, queueScan());
    await documents.putRepair(12, repair);
    expect(store.keys).toEqual(['queues', 'scan-1', 'repair-12'].map((name) => `runs/orders/run-1/${name}.json`));
    expect(await documents.queues()).toEqual(['b', 'a']);
    expect(await documents.scan(1)).toEqual(queueScan());
    expect(documents.linesPrefix('scan', 1)).toBe('runs/orders/run-1/scan-1-');
    expect(documents.linesPrefix('repair', 1)).toBe('runs/orders/run-1/repair-1-');
  });

  it('are found by the ARN of the execution as well', async () => {
    const { store, documents } = setup();
    await documents.putQueues(['a']);
    const byArn = new RunDocuments(store, 'orders', 'arn:aws:states:us-east-1:1:execution:reconcile:run-1');
    expect(await byArn.queues()).toEqual(['a']);
  });

  it('are not those of another run or pair', async () => {
    const { store, documents } = setup();
    await documents.putQueues(['a']);
    await expect(new RunDocuments(store, 'orders', 'run-2').queues()).rejects.toMatchObject({ name: 'NotFound' });
    await expect(new RunDocuments(store, 'bills', 'run-1').queues()).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('of all repairs are read in the order of the queues', async () => {
    const { documents } = setup();
    for (const index of [1, 0, 2]) await documents.putRepair(index, { ...repair, queue: `q${index}` });
    expect((await documents.repairs(3)).map(({ queue }) => queue)).toEqual(['q0', 'q1', 'q2']);
    expect(await documents.repairs(0)).toEqual([]);
    await expect(documents.repairs(4)).rejects.toMatchObject({
      name: 'NotFound',
      message: expect.stringContaining('runs/orders/run-1/repair-3.json'),
    });
  });

  it.each([
    ['queues', (documents: RunDocuments) => documents.queues()],
    ['scan-0', (documents: RunDocuments) => documents.scan(0)],
    ['repair-0', (documents: RunDocuments) => documents.repairs(1)],
  ])('are refused by name when %s is something else', async (name, read) => {
    const { store, documents } = setup();
    await store.put(`runs/orders/run-1/${name}.json`, '{"other": 1}');
    await expect(read(documents)).rejects.toMatchObject({ name: 'UnexpectedAnswer' });
  });
});

describe('finding a manifest', () => {
  const text = writeManifest(manifest());
  const hash = sha256(text);

  it('gives it, or says that it is not there', async () => {
    const store = new FakeStore();
    expect(await findManifest('orders', undefined, store)).toBeUndefined();
    expect(await findManifest('orders', hash, store)).toEqual({ hash, found: undefined });
    await store.put(manifestKey('orders', hash), text);
    expect(await findManifest('orders', hash, store)).toEqual({ hash, found: manifest() });
    expect(await takeManifest('orders', hash, store)).toEqual(manifest());
  });

  it('fails by name when one that an earlier step found is gone', async () => {
    await expect(takeManifest('orders', hash, new FakeStore())).rejects.toMatchObject({
      name: 'NotFound',
      message: expect.stringContaining(`manifest ${hash} of pair "orders" is gone`),
    });
  });

  it('does not find one of another pair', async () => {
    const store = new FakeStore();
    await store.put(manifestKey('orders', hash), text);
    expect(await findManifest('bills', hash, store)).toEqual({ hash, found: undefined });
  });
});
