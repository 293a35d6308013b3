import { describe, expect, it } from 'vitest';
import { findPair } from '../../../functions/brokers/find-pair.ts';
import { NotFound } from '../../../functions/runtime/errors.ts';
import { ordersPair } from '../../support/brokers.ts';

const pairs = [ordersPair(), ordersPair({ name: 'stock', brokers: undefined })];

describe('findPair', () => {
  it('finds a pair by its name', () => {
    expect(findPair(pairs, 'stock')).toBe(pairs[1]);
  });

  it('suggests the nearest name for a misspelt one', () => {
    expect(() => findPair(pairs, 'order')).toThrow(NotFound);
    expect(() => findPair(pairs, 'order')).toThrow('no pair "order" is configured (did you mean "orders"?)');
  });

  it('lists the pairs that exist when no name is near', () => {
    expect(() => findPair(pairs, 'payments')).toThrow('(allowed: orders, stock)');
  });

  it('says plainly that nothing is configured', () => {
    expect(() => findPair([], 'orders')).toThrow(/^no pair "orders" is configured$/);
  });
});
