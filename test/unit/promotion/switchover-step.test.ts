import { describe, expect, it } from 'vitest';
import type { EndpointState } from '../../../functions/brokers/broker-endpoints.ts';
import type { Intent } from '../../../functions/control/intent.ts';
import type { SwitchoverFacts } from '../../../functions/promotion/switchover-gates.ts';
import { decideSwitchover, promotionSettleMs } from '../../../functions/promotion/switchover-step.ts';
import { asRole, eastRef, known, noonMs, pairedEast, pairedWest, unreadable, westRef } from '../../support/brokers.ts';
import { earlierIntent } from '../../support/fake-ports.ts';

const facts = (changes: Partial<SwitchoverFacts> = {}): SwitchoverFacts => ({
  targetRegion: westRef.region,
  runningRegion: westRef.region,
  targetBrokerId: westRef.brokerId,
  target: known(pairedWest()),
  counterpart: known(pairedEast()),
  replication: { verdict: 'steady', evidence: [], counterpart: 'primary' },
  protectedWindows: [],
  intent: undefined,
  nowMs: noonMs,
  ...changes,
});

const ours = (ageMs: number, changes: Partial<Intent> = {}) =>
  earlierIntent('Promote', { subject: westRef.brokerId, openedAtMs: noonMs - ageMs, ...changes });

const primaryWest = known(pairedWest(asRole('primary')));
const replicaEast = known(pairedEast(asRole('replica')));
const old = promotionSettleMs;
const young = promotionSettleMs - 1;

describe('decideSwitchover', () => {
  it.each<[string, SwitchoverFacts, EndpointState, object]>([
    ['asks for the promotion of a healthy pair', facts(), 'none', { step: 'issue', settleOpenAs: undefined }],
    [
      'has nothing to do after the exchange',
      facts({ target: primaryWest, counterpart: replicaEast }),
      'none',
      { step: 'done' },
    ],
    [
      'has nothing to do for a primary whose counterpart cannot be read',
      facts({ target: primaryWest, counterpart: unreadable() }),
      'none',
      { step: 'done' },
    ],
    [
      'sees through an open intent that the target is the primary already',
      facts({ target: primaryWest, counterpart: replicaEast, intent: ours(old) }),
      'refuses',
      { step: 'done' },
    ],
    ['stops when both call themselves primary', facts({ target: primaryWest }), 'none', { step: 'unsafe' }],
    [
      'watches when both call themselves primary while our exchange is under way',
      facts({ target: primaryWest, intent: ours(young) }),
      'refuses',
      { step: 'observe' },
    ],
    [
      'watches what the service confirmed',
      facts({ intent: ours(old, { status: 'issued' }) }),
      'accepts',
      { step: 'observe' },
    ],
    ['watches when the primary has closed', facts({ intent: ours(old) }), 'refuses', { step: 'observe' }],
    [
      'watches when nobody knows whether the primary has closed',
      facts({ intent: ours(old) }),
      'unreachable',
      { step: 'observe' },
    ],
    ['waits while an unconfirmed request is young', facts({ intent: ours(young) }), 'accepts', { step: 'wait' }],
    [
      'asks again when an old request has left the primary open',
      facts({ intent: ours(old) }),
      'accepts',
      { step: 'issue', settleOpenAs: 'not-effective' },
    ],
    [
      'watches a request under way although the target cannot be read',
      facts({ target: unreadable(), intent: ours(young) }),
      'refuses',
      { step: 'observe' },
    ],
    [
      'closes an open promotion of the counterpart that was completed by hand, and asks',
      facts({ intent: earlierIntent('Promote', { subject: eastRef.brokerId, status: 'issued' }) }),
      'none',
      { step: 'issue', settleOpenAs: 'effective' },
    ],
  ])('%s', (_label, given, clients, expected) => {
    expect(decideSwitchover(given, clients)).toMatchObject(expected);
  });

  it.each<[string, SwitchoverFacts, EndpointState, string]>([
    [
      'a promotion of the other broker is under way',
      facts({ intent: earlierIntent('Promote', { subject: 'b-other' }) }),
      'none',
      'PROMOTION_OPEN',
    ],
    [
      'it runs in the Region of the other broker',
      facts({ runningRegion: eastRef.region, intent: ours(old) }),
      'refuses',
      'WRONG_REGION',
    ],
    [
      'it runs elsewhere, even after the exchange',
      facts({ runningRegion: eastRef.region, target: primaryWest, counterpart: replicaEast }),
      'none',
      'WRONG_REGION',
    ],
    [
      'an old request had no effect and the gates have closed',
      facts({ intent: ours(old), counterpart: known(pairedEast({ state: 'REBOOT_IN_PROGRESS' })) }),
      'accepts',
      'COUNTERPART_NOT_RUNNING',
    ],
  ])('refuses when %s', (_label, given, clients, code) => {
    const decided = decideSwitchover(given, clients);
    expect(decided.step).toBe('refused');
    expect(JSON.stringify(decided)).toContain(code);
  });
});
