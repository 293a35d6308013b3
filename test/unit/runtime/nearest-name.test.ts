import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../../functions/runtime/nearest-name.ts';

describe('didYouMean', () => {
  it.each<[string, readonly string[], string]>([
    ['targetRegoin', ['reason', 'targetRegion'], ' (did you mean "targetRegion"?)'],
    ['REASON', ['reason', 'pair'], ' (did you mean "reason"?)'],
    ['banana', ['reason', 'pair'], ' (allowed: reason, pair)'],
    ['anything', [], ''],
  ])('for "%s" among %j says "%s"', (found, allowed, hint) => {
    expect(didYouMean(found, allowed)).toBe(hint);
  });
});
