import { describe, expect, it } from 'vitest';
import { attributePromotion } from '../../../functions/watch/attribute-promotion.ts';
import { eastRef, noonMs, westRef } from '../../support/brokers.ts';
import { earlierIntent } from '../../support/fake-ports.ts';

const call = { brokerId: westRef.brokerId, calledAtMs: noonMs };
const intent = (openedAtMs: number, changes: Parameters<typeof earlierIntent>[1] = {}) =>
  earlierIntent('Promote', { subject: westRef.brokerId, openedAtMs, ...changes });

describe('attributePromotion', () => {
  it.each([
    ['right after its intent', intent(noonMs - 1_000), 'ours'],
    ['right after its intent, which is settled by now', intent(noonMs - 1_000, { status: 'settled' }), 'ours'],
    ['by a clock that is behind', intent(noonMs + 10_000), 'ours'],
    ['at the end of the function', intent(noonMs - 40_000), 'ours'],
    ['when there has never been an intent', undefined, 'outside'],
    ['long after the newest intent', intent(noonMs - 41_000), 'outside'],
    ['of another broker', intent(noonMs - 1_000, { subject: eastRef.brokerId }), 'outside'],
    ['before the first intent of all', intent(noonMs + 60_000), 'outside'],
    [
      'before a later intent, which has replaced an earlier one',
      intent(noonMs + 60_000, { sequence: 2 }),
      'unattributable',
    ],
  ])('of a call %s says "%s"', (_label, newest, expected) => {
    expect(attributePromotion(call, newest, undefined)).toBe(expected);
  });

  it('says nothing by a clock that is off, unless no intent is about that broker at all', () => {
    const off = 'the clock of us-west-2 is 300 s ahead';
    expect(attributePromotion(call, intent(noonMs + 300_000), off)).toBe('unattributable');
    expect(attributePromotion(call, undefined, off)).toBe('outside');
    expect(attributePromotion(call, intent(noonMs, { subject: eastRef.brokerId }), off)).toBe('outside');
  });
});
