import { describe, expect, it } from 'vitest';
import { passwordProblem, userNameProblem } from '../../../functions/replica/credential-rules.ts';

describe('userNameProblem', () => {
  it.each(['ab', 'a'.repeat(100), 'App.user_1~x-y'])('accepts "%s"', (name) => {
    expect(userNameProblem(name)).toBeUndefined();
  });

  it.each(['a', 'a'.repeat(101), 'with space', 'a,b', 'ümlaut', ''])('refuses "%s" and names it', (name) => {
    expect(userNameProblem(name)).toContain(`"${name}"`);
  });
});

describe('passwordProblem', () => {
  it.each([
    ['the shortest allowed', 'abcdefghijkl'],
    ['the longest allowed', `${'abcd'.repeat(62)}ab`],
    ['four different characters', 'aaaaaaaaabcd'],
  ])('accepts %s', (_label, password) => {
    expect(passwordProblem(password)).toBeUndefined();
  });

  it.each([
    ['eleven characters', 'abcdefghijk', /12–250 characters/],
    ['251 characters', `${'abcd'.repeat(62)}abc`, /12–250 characters/],
    ['three different characters', 'aaaaaaaaaabc', /4 different characters/],
    ['a comma', 'abcdefghijk,', /comma, colon or equals/],
    ['a colon', 'abcdefghijk:', /comma, colon or equals/],
    ['an equals sign', 'abcdefghijk=', /comma, colon or equals/],
  ])('refuses %s without repeating the password', (_label, password, problem) => {
    expect(passwordProblem(password)).toMatch(problem);
    expect(passwordProblem(password)).not.toContain(password);
  });
});
