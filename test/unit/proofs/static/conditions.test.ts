import { describe, expect, it } from 'vitest';
import { boundsOf, incrementOf, treeOf, truthOf } from '../../../../proofs/static/abstract-value.ts';

const known = new Map<string, string | boolean | null>([
  ['a.verdict', 'refused'],
  ['dry', false],
  ['nothing', null],
]);

describe('a condition', () => {
  it.each([
    ["$a.verdict = 'refused'", true],
    ["$a.verdict != 'refused'", false],
    ["$a.verdict in ['proceed', 'refused']", true],
    ["$a.verdict in ['proceed', $b]", undefined],
    ["$a.verdict = 'refused' and $b", undefined],
    ["$a.verdict = 'proceed' and $b", false],
    ["$a.verdict = 'refused' or $b", true],
    ['$not($dry)', true],
    ["($a.verdict = 'proceed') or $dry", false],
    ['$nothing = null', true],
    ['$looks < 10', undefined],
    ['$a.verdict[0] = 1', undefined],
  ])('%s is %s under what is known', (source, truth) => {
    expect(truthOf(treeOf(source), known)).toBe(truth);
  });

  it.each([
    ['$looks < 10', true, [{ path: 'looks', below: 10 }]],
    ['$looks <= 10', true, [{ path: 'looks', below: 11 }]],
    ['$looks >= 10', false, [{ path: 'looks', below: 10 }]],
    ['10 > $looks', true, [{ path: 'looks', below: 10 }]],
    ['$looks < 10', false, []],
    ['$b and $looks < 10', true, [{ path: 'looks', below: 10 }]],
    ['$b or $looks < 10', true, []],
    ['$dry or $looks < 10', true, [{ path: 'looks', below: 10 }]],
    ['$b or $looks >= 10', false, [{ path: 'looks', below: 10 }]],
    ['$b and $looks >= 10', false, []],
    ["$a.verdict = 'refused' and $watch.looks >= 10", false, [{ path: 'watch.looks', below: 10 }]],
  ])('%s, when it is %s, bounds %j', (source, holds, bounds) => {
    expect(boundsOf(treeOf(source), holds, known)).toEqual(bounds);
  });

  it('raises a count only by a whole number of its own', () => {
    expect(incrementOf(treeOf('$looks + 1'), 'looks')).toBe(1);
    expect(incrementOf(treeOf('$others + 1'), 'looks')).toBeUndefined();
    expect(incrementOf(treeOf('$looks + $n'), 'looks')).toBeUndefined();
    expect(incrementOf(treeOf('$looks - 1'), 'looks')).toBeUndefined();
  });
});
