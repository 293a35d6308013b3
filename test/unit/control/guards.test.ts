import { describe, expect, it } from 'vitest';
import { clockSkewSeconds, isHeldByOther, type Lock } from '../../../functions/control/guards.ts';
import { noonMs } from '../../support/brokers.ts';

const lock: Lock = { owner: 'arn:theirs', fence: 3, expiresAtMs: noonMs, purpose: 'switchover' };
const skewMs = clockSkewSeconds * 1_000;

describe('isHeldByOther', () => {
  it.each([
    ['there is no lock', undefined, 'arn:ours', noonMs, false],
    ['it is our own', lock, 'arn:theirs', noonMs - 1, false],
    ['theirs runs', lock, 'arn:ours', noonMs - 1, true],
    ['theirs has expired by this clock, but perhaps not by theirs', lock, 'arn:ours', noonMs + skewMs - 1, true],
    ['theirs has expired by any clock', lock, 'arn:ours', noonMs + skewMs, false],
  ])('when %s', (_label, held, owner, nowMs, expected) => {
    expect(isHeldByOther(held, owner, nowMs)).toBe(expected);
  });
});
