import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimKey, partitionKey, processedKey } from '../../../functions/ledger/ledger-key.ts';

const keyOf = (id: string, destination = 'orders', pair = 'shop'): string => partitionKey({ pair, destination, id });

/** DynamoDB's limit of a partition key, in bytes. */
const limitBytes = 2_048;

describe('the partition key of a message', () => {
  it('is legible: pair, destination and id', () => {
    expect(keyOf('ID:host-1:2:3')).toBe('shop|orders|ID:host-1:2:3');
  });

  it.each([
    ['a|b', 'a%7cb'],
    ['100%', '100%25'],
    [`'"\\`, '%27%22%5c'],
    ['a\0b\n', 'a%00b%0a'],
    ['ä😀', '%c3%a4%f0%9f%98%80'],
    ['\ud800', '%ud800'],
    [' ~', ' ~'],
  ])('escapes %j as %s', (id, escaped) => {
    expect(keyOf(id)).toBe(`shop|orders|${escaped}`);
  });

  it('hashes what is longer than 1 KiB, under the name of the pair', () => {
    const longest = 'x'.repeat(1_024 - 'shop|orders|'.length);
    expect(keyOf(longest)).toBe(`shop|orders|${longest}`);
    const hashed = keyOf(`${longest}x`);
    expect(hashed).toMatch(/^shop\|\|sha256:[0-9a-f]{64}$/);
    expect(keyOf('y'.repeat(65_536))).toMatch(/^shop\|\|sha256:[0-9a-f]{64}$/);
    expect(keyOf(`${longest}y`)).not.toBe(hashed);
  });

  it.each(['pair', 'destination', 'id'])('is refused for an empty %s', (name) => {
    const key = { pair: 'shop', destination: 'orders', id: 'ID:a', [name]: '' };
    expect(() => partitionKey(key)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining(`needs a ${name}`) }),
    );
  });

  it('differs for different messages, is printable ASCII and fits into DynamoDB', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ minLength: 1 }),
      fc.string({ unit: fc.constantFrom('|', '%', '7', 'c', 'u', 'd', '8', '0', '\ud800', '\udc00'), minLength: 1 }),
      fc.string({ unit: fc.constantFrom('a', '|'), minLength: 1_000, maxLength: 1_100 }),
    );
    const message = fc.record({ pair: fc.constantFrom('a', 'b|'), destination: text, id: text });
    fc.assert(
      fc.property(message, message, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(partitionKey(one) === partitionKey(other)).toBe(same);
        expect(partitionKey(one)).toMatch(/^[\x20-\x7e]+$/);
        expect(partitionKey(one).length).toBeLessThanOrEqual(limitBytes);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the items of a message', () => {
  it('have sort keys that name their kind and the one Region that writes them', () => {
    expect(processedKey('pk', 'us-east-1')).toEqual({ pk: 'pk', sk: 'P#us-east-1' });
    expect(claimKey('pk', 'us-east-1')).toEqual({ pk: 'pk', sk: 'C#us-east-1' });
  });
});
