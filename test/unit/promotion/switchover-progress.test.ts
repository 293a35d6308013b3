import { describe, expect, it } from 'vitest';
import type { LagJudgement } from '../../../functions/brokers/lag-verdict.ts';
import { judgeProgress, newPollMemory, type PollMemory } from '../../../functions/promotion/switchover-progress.ts';
import { noonMs } from '../../support/brokers.ts';

const limits = { deadlineSeconds: 3_600, stallSeconds: 300, minimumEventsPerSecond: 0 };
const judged = (changes: Partial<LagJudgement> = {}): LagJudgement => ({
  verdict: 'draining',
  evidence: ['first', 'last line'],
  counterpart: 'primary',
  ...changes,
});
const watch = (changes: Partial<PollMemory> = {}): PollMemory => ({ ...newPollMemory(noonMs), ...changes });
const at = (seconds: number): number => noonMs + seconds * 1_000;

describe('judgeProgress', () => {
  it('begins without progress, backlog or contradiction', () => {
    expect(newPollMemory(noonMs)).toEqual({
      requestedAtMs: noonMs,
      lastProgressAtMs: noonMs,
      lowestBacklogEvents: -1,
      looks: 0,
      contradictorySinceMs: -1,
    });
  });

  it('takes the first backlog, and then only a smaller one, as progress', () => {
    const first = judgeProgress(judged({ backlogEvents: 500 }), undefined, watch(), limits, at(10)).watch;
    expect(first).toMatchObject({ lastProgressAtMs: at(10), lowestBacklogEvents: 500, looks: 1 });
    const same = judgeProgress(judged({ backlogEvents: 500 }), undefined, first, limits, at(20)).watch;
    expect(same).toMatchObject({ lastProgressAtMs: at(10), lowestBacklogEvents: 500, looks: 2 });
    const larger = judgeProgress(judged({ backlogEvents: 501 }), undefined, same, limits, at(30)).watch;
    expect(larger).toMatchObject({ lastProgressAtMs: at(10), lowestBacklogEvents: 500 });
    const smaller = judgeProgress(judged({ backlogEvents: 499 }), undefined, larger, limits, at(40)).watch;
    expect(smaller).toMatchObject({ lastProgressAtMs: at(40), lowestBacklogEvents: 499 });
    const empty = judgeProgress(judged({ backlogEvents: 0 }), undefined, smaller, limits, at(50)).watch;
    expect(empty).toMatchObject({ lastProgressAtMs: at(50), lowestBacklogEvents: 0 });
  });

  it('takes a backlog that cannot be read as no progress', () => {
    const next = judgeProgress(judged(), undefined, watch({ lowestBacklogEvents: 9 }), limits, at(10)).watch;
    expect(next).toMatchObject({ lastProgressAtMs: noonMs, lowestBacklogEvents: 9 });
  });

  it('takes a backlog that shrinks more slowly than the least rate as no progress', () => {
    const demanding = { ...limits, minimumEventsPerSecond: 10 };
    const given = watch({ lowestBacklogEvents: 1_000 });
    const shrunkTo = (backlogEvents: number) =>
      judgeProgress(judged({ backlogEvents }), undefined, given, demanding, at(20)).watch;
    expect(shrunkTo(801)).toMatchObject({ lastProgressAtMs: noonMs, lowestBacklogEvents: 1_000 });
    expect(shrunkTo(800)).toMatchObject({ lastProgressAtMs: at(20), lowestBacklogEvents: 800 });
  });

  it('measures the rate since the last progress: many slow looks do not add up to one', () => {
    const demanding = { ...limits, minimumEventsPerSecond: 10 };
    let current = watch({ lowestBacklogEvents: 10_000 });
    for (let seconds = 30; seconds < 300; seconds += 30) {
      const slow = judged({ backlogEvents: 10_000 - 9 * seconds });
      current = judgeProgress(slow, undefined, current, demanding, at(seconds)).watch;
    }
    const last = judgeProgress(judged({ backlogEvents: 7_300 }), undefined, current, demanding, at(300));
    expect(last).toMatchObject({ phase: 'stalled', watch: { lastProgressAtMs: noonMs } });
  });

  it('stalls at the stall limit, not before, and says what replication does', () => {
    const still = judged({ verdict: 'frozen', backlogEvents: 70 });
    const given = watch({ lowestBacklogEvents: 70 });
    expect(judgeProgress(still, undefined, given, limits, at(299.999)).phase).toBe('waiting');
    expect(judgeProgress(still, undefined, given, limits, at(300))).toMatchObject({
      phase: 'stalled',
      because: 'no progress for 300 s: replication is frozen',
    });
  });

  it('stalls at the deadline whatever the progress, with the forecast', () => {
    const given = watch({ lastProgressAtMs: at(3_590), lowestBacklogEvents: 70 });
    const progressing = judged({ backlogEvents: 60 });
    expect(judgeProgress(progressing, undefined, given, limits, at(3_599)).phase).toBe('waiting');
    expect(judgeProgress(progressing, undefined, given, limits, at(3_600)).because).toContain('no forecast');
    const forecast = {
      backlogEvents: 60,
      pointAgeSeconds: 0,
      ratePerSecond: 1,
      remainingSeconds: 59.6,
      confidence: 'low',
    } as const;
    expect(judgeProgress(progressing, forecast, given, limits, at(3_600)).because).toBe(
      'the deadline of 3600 s has passed (60 s forecast)',
    );
  });

  it('is exchanged even after the deadline', () => {
    expect(judgeProgress(judged({ verdict: 'exchanged' }), undefined, watch(), limits, at(9_999)).phase).toBe(
      'exchanged',
    );
  });

  it('bears a contradiction for a minute, counted from its first look', () => {
    const both = judged({ verdict: 'contradictory' });
    const first = judgeProgress(both, undefined, watch(), limits, at(10));
    expect(first.phase).toBe('waiting');
    expect(first.watch.contradictorySinceMs).toBe(at(10));
    expect(judgeProgress(both, undefined, first.watch, limits, at(69)).phase).toBe('waiting');
    expect(judgeProgress(both, undefined, first.watch, limits, at(70))).toMatchObject({
      phase: 'unsafe',
      because: 'the brokers have contradicted each other for 60 s: last line',
    });
  });

  it('forgets a contradiction that has ended', () => {
    const given = watch({ contradictorySinceMs: at(10) });
    expect(judgeProgress(judged(), undefined, given, limits, at(30)).watch.contradictorySinceMs).toBe(-1);
  });
});
