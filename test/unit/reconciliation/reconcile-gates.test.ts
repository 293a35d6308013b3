import { describe, expect, it } from 'vitest';
import { servingStates } from '../../../functions/brokers/broker-snapshot.ts';
import { reconciliationSchema } from '../../../functions/config/reconciliation-config.ts';
import { assessReconcile, type ReconcileFacts } from '../../../functions/reconciliation/reconcile-gates.ts';
import { asRole, eastRef, known, pairedEast, unreadable, westRef } from '../../support/brokers.ts';
import { manifest } from '../../support/manifests.ts';

const config = reconciliationSchema.parse({
  secretArns: ['arn:aws:secretsmanager:us-east-1:111122223333:secret:op'],
  ledgerStart: '2026-01-01T00:00:00Z',
});
const hash = 'a'.repeat(64);
const finding = (code: string) => ({ code, message: code, evidence: {} });

const facts = (changes: Partial<ReconcileFacts> = {}): ReconcileFacts => ({
  pair: 'orders',
  runningRegion: 'us-east-1',
  otherRegion: 'us-west-2',
  broker: known(pairedEast()),
  config,
  epoch: 3,
  guards: { blockers: [], warnings: [] },
  manifest: undefined,
  ...changes,
});

const blockers = (changes: Partial<ReconcileFacts> = {}) => assessReconcile(facts(changes)).blockers;
const codes = (changes: Partial<ReconcileFacts> = {}) => blockers(changes).map(({ code }) => code);

describe('the gates of a reconciliation', () => {
  it('let a run pass on the primary with a ledger and a secret', () => {
    expect(assessReconcile(facts())).toEqual({ blockers: [], warnings: [] });
    expect(codes({ manifest: { hash, found: manifest() } })).toEqual([]);
  });

  it.each(['metrics', 'list'] as const)('warn that the source "%s" shows no durable subscriptions', (source) => {
    const { blockers: none, warnings } = assessReconcile(
      facts({ config: { ...config, queues: { ...config.queues, source } } }),
    );
    expect([none, warnings.map(({ code }) => code)]).toEqual([[], ['SUBSCRIPTIONS_UNSEEN']]);
  });

  it.each(servingStates)('let it pass on a broker that is %s', (state) => {
    expect(codes({ broker: known(pairedEast({ state })) })).toEqual([]);
  });

  it.each<[string, Partial<ReconcileFacts>, string, RegExp]>([
    ['a pair without a ledger', { config: undefined }, 'NO_LEDGER', /no "reconciliation" settings/],
    [
      'a secret of the other Region alone',
      { config: { ...config, secretArns: ['arn:aws:secretsmanager:us-west-2:1:secret:op'] } },
      'NO_SECRET',
      /"reconciliation.secretArns".* us-east-1/,
    ],
    ['a broker that cannot be read', { broker: unreadable('throttled') }, 'BROKER_UNREADABLE', /throttled/],
    [
      'a replica, naming the other Region',
      { broker: known(pairedEast(asRole('replica'))) },
      'BROKER_NOT_PRIMARY',
      /REPLICA.* start it in us-west-2/,
    ],
    [
      'a broker without a role',
      { broker: known(pairedEast({ role: 'none', roleText: undefined })) },
      'BROKER_NOT_PRIMARY',
      /no role/,
    ],
    [
      'a broker that does not run',
      { broker: known(pairedEast({ state: 'CREATION_FAILED' })) },
      'BROKER_NOT_RUNNING',
      /CREATION_FAILED/,
    ],
    [
      'a manifest that is not there',
      { manifest: { hash, found: undefined } },
      'MANIFEST_UNKNOWN',
      /us-east-1; make one/,
    ],
    [
      'a manifest of another pair',
      { manifest: { hash, found: manifest({ pair: 'bills' }) } },
      'MANIFEST_OF_OTHER_PAIR',
      /belongs to pair "bills"/,
    ],
    [
      'a manifest of an earlier epoch',
      { manifest: { hash, found: manifest({ epoch: 2 }) } },
      'MANIFEST_STALE',
      /epoch 2, and this is epoch 3/,
    ],
    [
      'a manifest of a later epoch',
      { manifest: { hash, found: manifest({ epoch: 4 }) } },
      'MANIFEST_STALE',
      /epoch 4, and this is epoch 3/,
    ],
    [
      'a manifest of the other broker in the same epoch',
      { manifest: { hash, found: manifest({ brokerId: westRef.brokerId }) } },
      'MANIFEST_STALE',
      new RegExp(westRef.brokerId),
    ],
  ])('refuse %s', (_what, changes, code, message) => {
    expect(blockers(changes)).toEqual([expect.objectContaining({ code, message: expect.stringMatching(message) })]);
  });

  it('take a manifest of the first epoch for one of the time before any promotion', () => {
    expect(codes({ epoch: 0, manifest: { hash, found: manifest({ epoch: 0 }) } })).toEqual([]);
  });

  it('name everything at once, what the guards say included', () => {
    expect(
      assessReconcile(
        facts({
          config: undefined,
          broker: known(pairedEast(asRole('replica'))),
          manifest: { hash, found: manifest({ pair: 'bills', epoch: 1 }) },
          guards: { blockers: [finding('FROZEN')], warnings: [finding('ANTI_FLAP')] },
        }),
      ),
    ).toMatchObject({
      blockers: [
        { code: 'NO_LEDGER' },
        { code: 'BROKER_NOT_PRIMARY', evidence: { brokerId: eastRef.brokerId, role: 'REPLICA' } },
        { code: 'MANIFEST_OF_OTHER_PAIR' },
        { code: 'MANIFEST_STALE' },
        { code: 'FROZEN' },
      ],
      warnings: [{ code: 'ANTI_FLAP' }],
    });
  });

  it('judge a manifest by its epoch alone while the broker cannot be read', () => {
    expect(codes({ broker: unreadable(), manifest: { hash, found: manifest() } })).toEqual(['BROKER_UNREADABLE']);
  });
});
