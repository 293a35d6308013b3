import { describe, expect, it } from 'vitest';
import type { LagJudgement, LagVerdict } from '../../../functions/brokers/lag-verdict.ts';
import { assessSwitchover, type SwitchoverFacts } from '../../../functions/promotion/switchover-gates.ts';
import { asRole, eastRef, known, noonMs, pairedEast, pairedWest, unreadable, westRef } from '../../support/brokers.ts';
import { earlierIntent } from '../../support/fake-ports.ts';

const judged = (verdict: LagVerdict): LagJudgement => ({ verdict, evidence: ['seen'], counterpart: 'primary' });

const facts = (changes: Partial<SwitchoverFacts> = {}): SwitchoverFacts => ({
  targetRegion: westRef.region,
  runningRegion: westRef.region,
  targetBrokerId: westRef.brokerId,
  target: known(pairedWest()),
  counterpart: known(pairedEast()),
  replication: judged('steady'),
  protectedWindows: [],
  intent: undefined,
  nowMs: noonMs,
  ...changes,
});

const blockersOf = (given: SwitchoverFacts) => assessSwitchover(given).blockers.map(({ code }) => code);
const warningsOf = (given: SwitchoverFacts) => assessSwitchover(given).warnings.map(({ code }) => code);
const openFor = (subject: string) => earlierIntent('Promote', { subject });

describe('assessSwitchover', () => {
  it.each(['RUNNING', 'REPLICA'])('finds nothing against a healthy pair whose replica reads %s', (state) => {
    expect(assessSwitchover(facts({ target: known(pairedWest({ state })) }))).toEqual({ blockers: [], warnings: [] });
  });

  it.each<[string, SwitchoverFacts]>([
    ['WRONG_REGION', facts({ runningRegion: eastRef.region })],
    ['TARGET_NOT_REPLICA', facts({ target: known(pairedWest({ role: 'none', roleText: undefined })) })],
    ['TARGET_NOT_RUNNING', facts({ target: known(pairedWest({ state: 'REBOOT_IN_PROGRESS' })) })],
    ['COUNTERPART_NOT_PRIMARY', facts({ counterpart: known(pairedEast({ role: 'unknown', roleText: 'LEADER' })) })],
    ['COUNTERPART_NOT_RUNNING', facts({ counterpart: known(pairedEast({ state: 'CRITICAL_ACTION_REQUIRED' })) })],
    ['ACTION_REQUIRED', facts({ target: known(pairedWest({ actionsRequired: ['BROKER_OOM'] })) })],
    ['ACTION_REQUIRED', facts({ counterpart: known(pairedEast({ actionsRequired: ['BROKER_OOM'] })) })],
    ['REPLICATION_CHANGE_PENDING', facts({ counterpart: known(pairedEast({ pendingReplicationMode: 'NONE' })) })],
    ['TARGET_UNREADABLE', facts({ target: unreadable() })],
    ['COUNTERPART_UNREADABLE', facts({ counterpart: unreadable() })],
    ['REPLICATION_FROZEN', facts({ replication: judged('frozen') })],
    ['REPLICATION_ABSENT', facts({ replication: judged('absent') })],
    ['REPLICATION_CONTRADICTORY', facts({ replication: judged('contradictory') })],
    [
      'PROTECTED_WINDOW',
      facts({
        protectedWindows: [{ reason: 'close', days: ['wednesday'], startUtc: '11:59', durationMinutes: 2 }],
      }),
    ],
    ['PROMOTION_OPEN', facts({ intent: openFor('b-other') })],
  ])('is blocked by %s alone', (code, given) => {
    expect(blockersOf(given)).toEqual([code]);
  });

  it.each<[LagVerdict, readonly string[]]>([
    ['steady', []],
    ['draining', ['BACKLOG']],
    ['lagging', ['BACKLOG']],
  ])('lets a pair pass that is %s, with warnings %j', (verdict, warnings) => {
    expect(blockersOf(facts({ replication: judged(verdict) }))).toEqual([]);
    expect(warningsOf(facts({ replication: judged(verdict) }))).toEqual(warnings);
  });

  it('lists every blocker at once', () => {
    const given = facts({
      runningRegion: eastRef.region,
      target: known(pairedWest({ ...asRole('primary'), state: 'REBOOT_IN_PROGRESS', actionsRequired: ['X'] })),
      counterpart: unreadable(),
      replication: judged('frozen'),
      protectedWindows: [{ reason: 'close', days: ['wednesday'], startUtc: '11:59', durationMinutes: 2 }],
      intent: openFor('b-other'),
    });
    expect(blockersOf(given)).toEqual([
      'WRONG_REGION',
      'TARGET_NOT_REPLICA',
      'TARGET_NOT_RUNNING',
      'ACTION_REQUIRED',
      'COUNTERPART_UNREADABLE',
      'REPLICATION_FROZEN',
      'PROTECTED_WINDOW',
      'PROMOTION_OPEN',
    ]);
  });

  it('sees an open promotion of the other broker even while the target cannot be read', () => {
    expect(blockersOf(facts({ target: unreadable(), intent: openFor(eastRef.brokerId) }))).toEqual([
      'TARGET_UNREADABLE',
      'PROMOTION_OPEN',
    ]);
  });

  it.each([
    ['settled', earlierIntent('Promote', { subject: 'b-other', status: 'settled', settledAs: 'effective' })],
    ['for this very target', openFor(westRef.brokerId)],
    ['whose effect is plain to see: its broker is the primary', openFor(eastRef.brokerId)],
  ])('does not mind an intent that is %s', (_label, intent) => {
    expect(blockersOf(facts({ intent }))).toEqual([]);
  });
});
