import { describe, expect, it } from 'vitest';
import { type AssessPorts, assessReconcileRequest } from '../../../functions/reconciliation/assess-request.ts';
import { manifestKey, sha256, writeManifest } from '../../../functions/reconciliation/manifest.ts';
import { reconcileInputSchema } from '../../../functions/reconciliation/reconcile-input.ts';
import { eastRef, ordersPair, pairedEast, pairedWest, westRef } from '../../support/brokers.ts';
import { FakeBrokers } from '../../support/fake-ports.ts';
import { FakeStore } from '../../support/fake-queues.ts';
import { manifest } from '../../support/manifests.ts';

const secretArns = ['us-east-1', 'us-west-2'].map((region) => `arn:aws:secretsmanager:${region}:1:secret:op`);
const ledger = { secretArns, ledgerStart: '2026-01-01T00:00:00Z' };

const stored = async (changes: Parameters<typeof manifest>[0] = {}) => {
  const store = new FakeStore();
  const text = writeManifest(manifest(changes));
  await store.put(manifestKey('orders', sha256(text)), text);
  return { store, hash: sha256(text) };
};

const assess = async (
  input: Readonly<Record<string, unknown>>,
  options: Partial<AssessPorts> & { readonly pair?: Readonly<Record<string, unknown>>; readonly region?: string } = {},
) => {
  const { pair = { reconciliation: ledger }, region = eastRef.region, ...ports } = options;
  return await assessReconcileRequest(
    reconcileInputSchema.parse({ pair: 'orders', reason: 'test', ...input }),
    ordersPair(pair),
    region,
    {
      control: { readMembers: async () => undefined },
      brokers: new FakeBrokers(pairedEast(), pairedWest()),
      store: new FakeStore(),
      readEpoch: async () => 3,
      assessGuards: async () => ({ blockers: [], warnings: [] }),
      ...ports,
    },
  );
};

describe('a request to reconcile', () => {
  it('goes on with its mode, the epoch and the broker of its Region', async () => {
    expect(await assess({})).toEqual({
      verdict: 'proceed',
      blockers: [],
      warnings: [],
      mode: 'report',
      dryRun: false,
      plannedWrites: [],
      epoch: 3,
      broker: { region: eastRef.region, brokerId: eastRef.brokerId, brokerName: eastRef.brokerName },
    });
  });

  it('is skipped after a promotion of a pair without a ledger, and nothing is read', async () => {
    const readEpoch = async () => {
      throw new TypeError('read');
    };
    expect(await assess({ mode: 'configured' }, { pair: {}, readEpoch })).toEqual({
      verdict: 'skipped',
      because: 'the pair has no ledger',
      blockers: [],
      warnings: [],
    });
    expect(await assess({}, { pair: {} })).toMatchObject({ verdict: 'refused', blockers: [{ code: 'NO_LEDGER' }] });
  });

  it('takes the mode after a promotion from the settings', async () => {
    const pair = { reconciliation: { ...ledger, afterPromotion: 'auto' } };
    expect(await assess({ mode: 'configured' }, { pair })).toMatchObject({ verdict: 'proceed', mode: 'auto' });
  });

  it('counts epochs from none', async () => {
    expect(await assess({}, { readEpoch: async () => undefined })).toMatchObject({ epoch: 0 });
  });

  it('is refused in the Region of the replica', async () => {
    expect(await assess({}, { region: westRef.region })).toMatchObject({
      verdict: 'refused',
      blockers: [{ code: 'BROKER_NOT_PRIMARY', message: expect.stringContaining('start it in us-east-1') }],
    });
  });

  it('is refused in a third Region, without a broker or a secret', async () => {
    expect(await assess({}, { region: 'eu-west-1' })).toMatchObject({
      verdict: 'refused',
      blockers: [
        { code: 'NO_SECRET' },
        { code: 'BROKER_UNREADABLE', message: expect.stringContaining('no broker in eu-west-1') },
      ],
      broker: { brokerId: '', brokerName: '' },
    });
  });

  it('knows the manifest of a repair, and plans what it says', async () => {
    const { store, hash } = await stored();
    expect(await assess({ mode: 'repair', manifest: hash, dryRun: true }, { store })).toMatchObject({
      verdict: 'proceed',
      mode: 'repair',
      dryRun: true,
      plannedWrites: [{ request: { queue: 'work', messages: 1 } }],
    });
  });

  it('is refused with a manifest that is not there, and with one of another epoch', async () => {
    const { store, hash } = await stored({ epoch: 2 });
    const unknown = 'b'.repeat(64);
    expect(await assess({ mode: 'repair', manifest: unknown }, { store })).toMatchObject({
      blockers: [{ code: 'MANIFEST_UNKNOWN' }],
    });
    expect(await assess({ mode: 'repair', manifest: hash }, { store })).toMatchObject({
      blockers: [{ code: 'MANIFEST_STALE' }],
    });
  });

  it('fails by name when the manifest was changed since', async () => {
    const { store, hash } = await stored();
    await store.put(manifestKey('orders', hash), writeManifest(manifest({ epoch: 9 })));
    await expect(assess({ mode: 'repair', manifest: hash }, { store })).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  it.each([
    ['report', 'proceed'],
    ['auto', 'refused'],
  ])('of mode %s is on a frozen pair: %s', async (mode, verdict) => {
    const assessGuards = async () => ({ blockers: [{ code: 'FROZEN', message: '', evidence: {} }], warnings: [] });
    expect(await assess({ mode }, { assessGuards })).toMatchObject({ verdict });
  });
});
