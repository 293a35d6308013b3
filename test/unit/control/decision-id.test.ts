import { describe, expect, it } from 'vitest';
import { decisionId } from '../../../functions/control/decision-id.ts';

describe('decisionId', () => {
  it('is the same for the same parts in every run, now and later', () => {
    expect(decisionId('switchover', 'orders', 'b-2222', '1')).toBe('a5020d13fa7fa1fccf720f33024d26c5');
  });

  it('keeps the borders between parts', () => {
    expect(decisionId('ab', 'c')).not.toBe(decisionId('a', 'bc'));
    expect(decisionId('a', '')).not.toBe(decisionId('a'));
  });
});
