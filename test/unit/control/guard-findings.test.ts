import { describe, expect, it } from 'vitest';
import { type GuardedRun, judgeGuards } from '../../../functions/control/guard-findings.ts';
import type { Epoch, GuardReading, Lock } from '../../../functions/control/guards.ts';
import { noonMs, westRef } from '../../support/brokers.ts';

const person: GuardedRun = { executionArn: 'arn:ours', automatic: false, overrideControl: null };
const automatic: GuardedRun = { ...person, automatic: true };
const policy = { automaticFailover: true, antiFlapSeconds: 3_600 };

const theirs: Lock = { owner: 'arn:theirs', fence: 3, expiresAtMs: noonMs + 1, purpose: 'switchover' };
const frozen = { reason: 'stock-taking', by: 'ann', atMs: noonMs - 60_000 };
const promoted = (ageSeconds: number, changes: Partial<Epoch> = {}): Epoch => ({
  number: 4,
  mode: 'FAILOVER',
  primaryBrokerId: westRef.brokerId,
  primaryRegion: 'us-west-2',
  promotedAtMs: noonMs - ageSeconds * 1_000,
  executionArn: 'arn:earlier',
  ...changes,
});

const judge = (reading: Omit<Extract<GuardReading, { known: true }>, 'known'>, run = person, given = policy) => {
  const { blockers, warnings } = judgeGuards({ known: true, ...reading }, run, given, noonMs);
  return { blockers: blockers.map(({ code }) => code), warnings: warnings.map(({ code }) => code) };
};
const nothing = { blockers: [], warnings: [] };

describe('judgeGuards', () => {
  it('finds nothing where nothing stands in the way', () => {
    expect(judge({})).toEqual(nothing);
    expect(judge({ lock: { ...theirs, owner: 'arn:ours' } }, automatic)).toEqual(nothing);
  });

  it('names everything at once', () => {
    const all = { lock: theirs, freeze: frozen, globalFreeze: frozen, epoch: promoted(60) };
    expect(judge(all, automatic, { ...policy, automaticFailover: false })).toEqual({
      blockers: ['LOCK_HELD', 'FROZEN', 'FROZEN', 'NOT_ENROLLED', 'ANTI_FLAP'],
      warnings: [],
    });
  });

  it('says who froze what, when and why', () => {
    const { blockers } = judgeGuards({ known: true, globalFreeze: frozen }, person, policy, noonMs);
    expect(blockers[0]?.message).toBe('ann froze everything at 2026-11-04T11:59:00.000Z: stock-taking');
    expect(blockers[0]?.evidence).toEqual({ scope: 'everything', by: 'ann', reason: 'stock-taking' });
  });

  it.each([
    ['a person', person],
    ['an event', automatic],
    ['a person who overrides the table', { ...person, overrideControl: 'on purpose' }],
  ])('holds back a run of %s by a freeze that it can read', (_label, run) => {
    expect(judge({ freeze: frozen }, run).blockers).toEqual(['FROZEN']);
  });

  it("lets a person's run take over a lock of the purposes that it may interrupt, and says so", () => {
    expect(judge({ lock: theirs }, { ...person, preempts: ['switchover'] })).toEqual({
      blockers: [],
      warnings: ['LOCK_TAKEN_OVER'],
    });
    expect(judge({ lock: theirs }, { ...person, preempts: ['unpair'] }).blockers).toEqual(['LOCK_HELD']);
  });

  it('lets no automatic run interrupt what somebody does', () => {
    expect(judge({ lock: theirs }, { ...automatic, preempts: ['switchover'] }).blockers).toEqual(['LOCK_HELD']);
  });

  it('asks for enrolment from automatic runs only', () => {
    const notEnrolled = { ...policy, automaticFailover: false };
    expect(judge({}, automatic, notEnrolled).blockers).toEqual(['NOT_ENROLLED']);
    expect(judge({}, person, notEnrolled)).toEqual(nothing);
  });

  it.each([
    ['an automatic run is held back just before its end', automatic, promoted(3_599), ['ANTI_FLAP'], []],
    ['an automatic run passes at its end', automatic, promoted(3_600), [], []],
    ['a person is warned', person, promoted(60), [], ['ANTI_FLAP']],
    ['it ends with an acknowledgement', automatic, promoted(60, { acknowledgedAtMs: noonMs }), [], []],
  ])('keeps the window after a promotion: %s', (_label, run, epoch, blockers, warnings) => {
    expect(judge({ epoch }, run)).toEqual({ blockers, warnings });
  });

  describe('when the table cannot be reached', () => {
    const unreachable = (run: GuardedRun) =>
      judgeGuards({ known: false, reason: 'no answer from DynamoDB' }, run, policy, noonMs);

    it.each([
      ['a person without a word about it', person, /a failover may pass with overrideControl and a reason$/],
      ['an automatic run', automatic, /automatic runs stop$/],
      ['an automatic run that brings a word', { ...automatic, overrideControl: 'no' }, /automatic runs stop$/],
    ])('stops %s', (_label, run, message) => {
      const { blockers, warnings } = unreachable(run);
      expect(blockers).toMatchObject([
        { code: 'CONTROL_UNREACHABLE', evidence: { reason: 'no answer from DynamoDB' } },
      ]);
      expect(blockers[0]?.message).toMatch(message);
      expect(warnings).toEqual([]);
    });

    it('lets a person pass who gives a reason, and keeps the reason', () => {
      const { blockers, warnings } = unreachable({ ...person, overrideControl: 'DynamoDB is down as well' });
      expect(blockers).toEqual([]);
      expect(warnings).toMatchObject([{ code: 'CONTROL_OVERRIDDEN' }]);
      expect(warnings[0]?.message).toContain('DynamoDB is down as well');
    });
  });
});
