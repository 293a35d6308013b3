import { describe, expect, it } from 'vitest';
import { checkFence } from '../../../functions/control/fence.ts';

const points = (...values: readonly (readonly [atMs: number, value: number])[]) =>
  ({ known: true, points: values.map(([atMs, value]) => ({ atMs, value })) }) as const;

describe('checkFence', () => {
  it.each([
    ['no count at all', points()],
    ['a count from before the fence', points([60_000, 0])],
    ['a count that was not read', undefined],
  ])('knows nothing by %s', (_label, reading) => {
    expect(checkFence(reading, 60_001)).toMatchObject({ clients: 'unknown' });
  });

  it('gives the reason why the metric could not be read', () => {
    expect(checkFence({ known: false, reason: 'throttled' }, 0)).toEqual({ clients: 'unknown', reason: 'throttled' });
  });

  it('sees clients gone by a zero from a minute that began after the fence', () => {
    expect(checkFence(points([0, 7], [60_000, 0]), 60_000)).toEqual({ clients: 'gone' });
  });

  it('counts the newest minute, not an earlier zero', () => {
    const reading = points([60_000, 0], [120_000, 3]);
    expect(checkFence(reading, 30_000)).toEqual({ clients: 'connected', connections: 3 });
  });
});
