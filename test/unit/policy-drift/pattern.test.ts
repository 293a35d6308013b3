import { describe, expect, it } from 'vitest';
import { mergeDefinitions } from '../../../functions/policy-drift/merge-definitions.ts';
import { bytesOf, compilePattern } from '../../../functions/policy-drift/pattern.ts';

const matches = (pattern: string, name: string) => compilePattern(pattern).matches(bytesOf(name));

describe('patterns', () => {
  it.each([
    ['^orders\\.', 'orders.x', 'yes'],
    ['^orders\\.', 'ordersx', 'no'],
    ['', 'anything', 'yes'],
    ['.*', 'anything', 'yes'],
    ['-dlq$', 'x-dlq', 'yes'],
    ['^(a|b)$', 'b', 'yes'],
    ['^[^a]$', 'a', 'no'],
    // Bytes, not characters: é is two.
    ['^.$', 'é', 'no'],
    ['^..$', 'é', 'yes'],
    ['^é', 'état', 'yes'],
    ['a/b%', 'xa/b%', 'yes'],
  ])('%j says of %j: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it.each([
    '(?i)a',
    '(?=a)',
    '(?<n>a)',
    '(a)\\1',
    '\\bword',
    '\\Qa\\E',
    'a*+',
    'a++',
    '(ab)+',
    '(a*)*',
    '[[:alpha:]]',
    '[]a]',
    'a{',
    '*a',
    '(',
    'a)',
    '\\',
    '^*',
    '.*.*.*',
    '(*UTF8)a',
    'a**',
    '[z-a]',
    '[a-',
    'a{3,1}',
    '\\x41',
    'a?b?c?',
    '[\\w-z]',
    'x'.repeat(2_000),
  ])('%j is left open', (pattern) => {
    expect(matches(pattern, 'a')).toBe('undecided');
    expect(compilePattern(pattern).undecidable).toBeTypeOf('string');
  });

  it('leave names open whose bytes the two engines may class differently', () => {
    expect(matches('^\\w+$', 'naïve')).toBe('undecided');
    expect(matches('^a$', 'a\n')).toBe('undecided');
  });
});

describe('merging a user policy and an operator policy', () => {
  it.each([
    [{ 'max-length': 5 }, { 'max-length': 9 }, { 'max-length': 5 }],
    [{ 'max-length': 9 }, { 'max-length': 5 }, { 'max-length': 5 }],
    [{ 'ha-mode': 'exactly', 'ha-params': 2 }, { 'ha-mode': 'all' }, { 'ha-mode': 'all', 'ha-params': 2 }],
    [{ 'ha-mode': 'all' }, { 'ha-mode': 'nodes' }, { 'ha-mode': 'all' }],
    [{ 'ha-sync-mode': 'manual' }, { 'ha-sync-mode': 'automatic' }, { 'ha-sync-mode': 'automatic' }],
    [{ 'ha-params': 2 }, { 'ha-params': 3 }, { 'ha-params': 3 }],
    [{ 'ha-params': ['a'] }, { 'ha-params': ['b', 'c'] }, { 'ha-params': ['b', 'c'] }],
    [{ expires: 5 }, { overflow: 'reject-publish' }, { expires: 5, overflow: 'reject-publish' }],
  ])('%j and %j give %j', (user, operator, expected) => {
    expect(mergeDefinitions(user, operator)).toEqual({ known: true, definition: expected });
  });

  it('is left open for keys whose rule nobody has written down, unless both say the same', () => {
    expect(mergeDefinitions({ 'new-key': 1 }, { 'new-key': 2 })).toEqual({ known: false, keys: ['new-key'] });
    expect(mergeDefinitions({ 'new-key': 1 }, { 'new-key': 1 })).toMatchObject({ known: true });
    expect(mergeDefinitions({ 'max-length': 'x' }, { 'max-length': 2 })).toMatchObject({ known: false });
  });

  it.each([
    ['(a|aa)'.repeat(22)],
    [`^${'(?:a|a)'.repeat(19)}c$`],
    [`(${'(a|aa)'.repeat(11)}|b)${'(a|aa)'.repeat(8)}c`],
    [`^(a|aa)?${'(a|aa|)'.repeat(15)}c`],
  ])('leaves %s open on a long name, at once', (pattern) => {
    const { matches } = compilePattern(pattern);
    const beganMs = performance.now();
    expect(matches('a'.repeat(255))).toBe('undecided');
    expect(performance.now() - beganMs).toBeLessThan(100);
  });

  it('decides alternatives as people write them, on the longest names too', () => {
    const long = `eu-${'x'.repeat(240)}-dlq`;
    expect(compilePattern('^(eu|us|ap)-.*-(dlq|retry)$').matches(long)).toBe('yes');
    expect(compilePattern('(dlq|retry|parked)').matches(long)).toBe('yes');
    expect(compilePattern('^(a|b|c|d)\\.(e|f|g|h)\\.(i|j)$').matches('a.h.j')).toBe('yes');
    expect(compilePattern('.*(dlq|retry).*').matches('orders.dlq')).toBe('yes');
  });
});
