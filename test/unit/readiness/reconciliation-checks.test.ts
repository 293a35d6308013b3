import { describe, expect, it } from 'vitest';
import {
  checkConsumers,
  checkLedger,
  checkReconciliationSecrets,
} from '../../../functions/readiness/reconciliation-checks.ts';
import { noonMs, ordersPair } from '../../support/brokers.ts';
import { holding, readyFacts, said } from '../../support/readiness-facts.ts';

const unread = { known: false, reason: 'denied' } as const;
const secretArns = ['us-east-1', 'us-west-2'].map((of) => `arn:aws:secretsmanager:${of}:111122223333:secret:reconcile`);

const ledger = (startMs = noonMs - 1, changes: object = {}) => ({
  reconciliation: { secretArns, ledgerStart: new Date(startMs).toISOString(), ...changes },
});
const of = (settings: Readonly<Record<string, unknown>>, changes: object = {}) =>
  readyFacts({ pair: ordersPair(settings), ...changes });

describe('checkConsumers', () => {
  it.each([
    ['held ones without a ledger', of(holding), 'ok'],
    ['live ones that ask the ledger', of(ledger()), 'ok'],
    ['live ones without a ledger', of({}), 'blocker CONSUMERS_LIVE_WITHOUT_LEDGER'],
    ['live ones whose ledger begins now', of(ledger(noonMs)), 'ok'],
    ['live ones whose ledger begins later', of(ledger(noonMs + 1)), 'blocker CONSUMERS_LIVE_WITHOUT_LEDGER'],
    [
      'live ones whose ledger does not answer',
      of(ledger(), { ledger: unread }),
      'blocker CONSUMERS_LIVE_WITHOUT_LEDGER',
    ],
    ['held ones whose ledger does not answer', of({ ...holding, ...ledger() }, { ledger: unread }), 'ok'],
  ])('judges %s', (_label, facts, expected) => {
    expect(said(checkConsumers, facts)).toEqual([expected]);
  });
});

describe('checkConsumers of a pair that holds them', () => {
  const west = holding.cutover.holdFunctionArn['us-west-2'];

  it.each([
    ['nothing', {}, ['us-east-1', 'us-west-2']],
    ['a function on one side', { holdFunctionArn: { 'us-west-2': west } }, ['us-east-1']],
    [
      'no mapping on one side',
      { holdFunctionArn: { 'us-west-2': west }, holdMappings: { 'us-east-1': [] } },
      ['us-east-1'],
    ],
    [
      'a mapping and a function',
      {
        holdFunctionArn: { 'us-west-2': west },
        holdMappings: { 'us-east-1': ['1b2c3d4e-5f60-4a1b-8c2d-3e4f5a6b7c8d'] },
      },
      [],
    ],
  ])('wants something to hold them with in each Region: %s', (_label, settings, lacking) => {
    const results = checkConsumers(of({ cutover: { consumers: 'hold', ...settings } }));
    const warned = results.filter(({ code }) => code === 'HOLD_NOT_CONFIGURED').map(({ evidence }) => evidence.region);
    expect(warned).toEqual(lacking);
  });

  it('leaves unknown members to the check of the brokers', () => {
    expect(said(checkConsumers, of({ cutover: { consumers: 'hold' } }, { members: unread }))).toEqual(['ok']);
  });
});

describe('checkLedger', () => {
  it.each([
    ['there is none', of({}, { ledger: unread }), ['ok']],
    ['it answers', of(ledger()), ['ok']],
    ['it does not answer', of(ledger(), { ledger: unread }), ['warning LEDGER_UNREADABLE']],
    ['it begins later', of(ledger(noonMs + 1)), ['warning LEDGER_NOT_STARTED']],
  ] as const)('says whether %s', (_label, facts, expected) => {
    expect(said(checkLedger, facts)).toEqual(expected);
  });
});

describe('checkReconciliationSecrets', () => {
  it('wants a secret in the Region of each broker', () => {
    expect(said(checkReconciliationSecrets, of({}))).toEqual(['ok']);
    expect(said(checkReconciliationSecrets, of(ledger()))).toEqual(['ok']);
    const elsewhere = secretArns.map((arn) => arn.replace('us-west-2', 'eu-west-1'));
    const lacking = of(ledger(noonMs, { secretArns: elsewhere }));
    expect(checkReconciliationSecrets(lacking)).toMatchObject([
      { code: 'RECONCILIATION_SECRET_MISSING', evidence: { region: 'us-west-2' } },
    ]);
    expect(said(checkReconciliationSecrets, { ...lacking, members: unread })).toEqual(['ok']);
  });
});
