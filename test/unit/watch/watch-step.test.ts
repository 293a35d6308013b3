import { describe, expect, it } from 'vitest';
import { decideWatch, type WatchMemory } from '../../../functions/watch/watch-step.ts';
import { noonMs } from '../../support/brokers.ts';

const watch = (changes: Partial<WatchMemory> = {}): WatchMemory => ({
  startedAtMs: noonMs,
  clearLooks: 0,
  looks: 3,
  ...changes,
});

describe('decideWatch', () => {
  it('starts a failover as soon as the signals agree', () => {
    expect(decideWatch('agree', undefined, watch(), 600, noonMs)).toMatchObject({ decision: 'failover' });
  });

  it('starts none while another run holds the pair, and says so at the deadline', () => {
    expect(decideWatch('agree', 'a switchover run', watch(), 600, noonMs).decision).toBe('wait');
    expect(decideWatch('agree', 'a switchover run', watch(), 600, noonMs + 600_000)).toMatchObject({
      decision: 'page',
      because: 'after 600 s the signals agree, but a switchover run acts on the pair',
    });
  });

  it('is cleared by the second clear look in a row', () => {
    const first = decideWatch('clear', undefined, watch(), 600, noonMs);
    expect(first).toMatchObject({ decision: 'wait', watch: { clearLooks: 1, looks: 4 } });
    expect(decideWatch('clear', undefined, first.watch, 600, noonMs).decision).toBe('cleared');
  });

  it.each(['one-signal', 'unknown'] as const)('forgets a clear look after "%s"', (verdict) => {
    const step = decideWatch(verdict, undefined, watch({ clearLooks: 1 }), 600, noonMs);
    expect(step).toMatchObject({ decision: 'wait', watch: { clearLooks: 0 } });
  });

  it.each([
    [599_999, 'page'],
    [599_000, 'wait'],
  ])('after %d ms of one signal decides "%s"', (elapsedMs, decision) => {
    expect(decideWatch('one-signal', undefined, watch(), 600, noonMs + elapsedMs).decision).toBe(decision);
  });

  it('prefers a failover and a clear end to a page at the deadline', () => {
    const late = noonMs + 3_600_000;
    expect(decideWatch('agree', undefined, watch(), 600, late).decision).toBe('failover');
    expect(decideWatch('clear', undefined, watch({ clearLooks: 1 }), 600, late).decision).toBe('cleared');
  });
});
