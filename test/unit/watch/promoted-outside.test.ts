import { describe, expect, it } from 'vitest';
import type { FenceOfPromoted } from '../../../functions/watch/promoted-fence.ts';
import { promotedOutsidePage } from '../../../functions/watch/promoted-outside.ts';
import { eastRef, noonMs, westRef } from '../../support/brokers.ts';

const page = (fenceOfPromoted: FenceOfPromoted, status?: 'wanted' | 'carried-out' | 'undone') =>
  promotedOutsidePage({
    pair: 'orders',
    caller: 'alice',
    calledAtMs: noonMs,
    promoted: westRef,
    fenceOfPromoted,
    oldPrimary: eastRef,
    fenceOfOldPrimary: {
      known: true,
      value: status && { region: eastRef.region, brokerId: eastRef.brokerId, epoch: 3, status, updatedAtMs: noonMs },
    },
  }).message.split('\n');

describe('promotedOutsidePage', () => {
  it.each([
    ['not-fenced', 'is not fenced: nothing of mq-dr keeps its clients away.'],
    ['let-in', 'its hook has let the clients in.'],
    [{ isFenced: 'yes', because: 'ann froze it' }, 'IS FENCED, although it was promoted: ann froze it'],
    [{ isFenced: 'maybe', because: 'no answer' }, 'is fenced: no answer. Check that clients reach it.'],
    ['elsewhere', 'is for its own Region to say'],
  ] as const)('says of the promoted broker what was read (%#)', (fence, expected) => {
    expect(page(fence)[1]).toContain(expected);
    expect(page(fence)[1]).toContain(westRef.brokerId);
  });

  it.each([
    [undefined, 'is not fenced.'],
    ['undone', 'is not fenced.'],
    ['wanted', 'is to be fenced, since epoch 3.'],
    ['carried-out', 'is fenced, since epoch 3.'],
  ] as const)('says of the old primary, whose fence is %s, that it %s', (status, expected) => {
    expect(page('elsewhere', status)[2]).toBe(`The old primary ${eastRef.brokerId} in us-east-1 ${expected}`);
  });
});
