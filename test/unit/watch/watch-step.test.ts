import { describe, expect, it } from 'vitest';
import { decideWatch, reportedCodes, type WatchMemory } from '../../../functions/watch/watch-step.ts';
import { noonMs } from '../../support/brokers.ts';

const watch = (changes: Partial<WatchMemory> = {}): WatchMemory => ({
  startedAtMs: noonMs,
  clearLooks: 0,
  looks: 3,
  ...changes,
});

const none = { stops: [], refusals: 0 };
const held = (code: string) => ({ stops: [{ code }], refusals: 0 });

describe('decideWatch', () => {
  it('starts a failover as soon as the signals agree', () => {
    expect(decideWatch('agree', none, watch(), 600, noonMs)).toMatchObject({ decision: 'failover' });
  });

  it('waits while something holds automatic runs back, and says what at the deadline', () => {
    const stops = [{ code: 'LOCK_HELD' }, { code: 'FROZEN' }];
    const because = 'the signals agree, but automatic runs are held back (LOCK_HELD, FROZEN)';
    expect(decideWatch('agree', { stops, refusals: 0 }, watch(), 600, noonMs)).toMatchObject({
      decision: 'stopped',
      because,
    });
    expect(decideWatch('agree', { stops, refusals: 0 }, watch(), 600, noonMs + 600_000)).toMatchObject({
      decision: 'page',
      because: `after 600 s ${because}`,
    });
  });

  it('asks what holds automatic runs back only once the signals agree', () => {
    expect(decideWatch('one-signal', held('FROZEN'), watch(), 600, noonMs).decision).toBe('wait');
    expect(decideWatch('clear', held('FROZEN'), watch({ clearLooks: 1 }), 600, noonMs).decision).toBe('cleared');
  });

  it('ends at once for a pair that is not enrolled, which nothing can change meanwhile', () => {
    expect(decideWatch('agree', held('NOT_ENROLLED'), watch(), 600, noonMs).decision).toBe('page');
  });

  it('starts another failover after one that refused, and ends at the deadline all the same', () => {
    const refused = { stops: [], refusals: 1 };
    expect(decideWatch('agree', refused, watch(), 600, noonMs + 599_000).decision).toBe('failover');
    expect(decideWatch('agree', refused, watch(), 600, noonMs + 600_000)).toMatchObject({
      decision: 'page',
      because: 'after 600 s the signals agree, but the failover refuses to act',
    });
  });

  it('is cleared by the second clear look in a row', () => {
    const first = decideWatch('clear', none, watch(), 600, noonMs);
    expect(first).toMatchObject({ decision: 'wait', watch: { clearLooks: 1, looks: 4 } });
    expect(decideWatch('clear', none, first.watch, 600, noonMs).decision).toBe('cleared');
  });

  it.each(['one-signal', 'unknown'] as const)('forgets a clear look after "%s"', (verdict) => {
    const step = decideWatch(verdict, none, watch({ clearLooks: 1 }), 600, noonMs);
    expect(step).toMatchObject({ decision: 'wait', watch: { clearLooks: 0 } });
  });

  it.each([
    [599_999, 'page'],
    [599_000, 'wait'],
  ])('after %d ms of one signal decides "%s"', (elapsedMs, decision) => {
    expect(decideWatch('one-signal', none, watch(), 600, noonMs + elapsedMs).decision).toBe(decision);
  });

  it('prefers a failover and a clear end to a page at the deadline', () => {
    const late = noonMs + 3_600_000;
    expect(decideWatch('agree', none, watch(), 600, late).decision).toBe('failover');
    expect(decideWatch('clear', none, watch({ clearLooks: 1 }), 600, late).decision).toBe('cleared');
  });
});

describe('reportedCodes', () => {
  it('names each code once, in one order, and no lock', () => {
    const findings = [{ code: 'LOCK_HELD' }, { code: 'FROZEN' }, { code: 'ANTI_FLAP' }, { code: 'FROZEN' }];
    expect(reportedCodes(findings)).toBe('ANTI_FLAP,FROZEN');
    expect(reportedCodes([{ code: 'LOCK_HELD' }])).toBe('');
  });
});
