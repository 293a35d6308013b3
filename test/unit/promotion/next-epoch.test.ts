import { describe, expect, it } from 'vitest';
import type { Epoch } from '../../../functions/control/guards.ts';
import { nextEpoch } from '../../../functions/promotion/next-epoch.ts';
import { eastRef, noonMs, westRef } from '../../support/brokers.ts';

const newest: Epoch = {
  number: 4,
  mode: 'FAILOVER',
  primaryBrokerId: westRef.brokerId,
  primaryRegion: 'us-west-2',
  promotedAtMs: noonMs,
  executionArn: 'arn:earlier',
};
const askedAt = (openedAtMs: number, subject = westRef.brokerId) => ({ subject, openedAtMs });

describe('nextEpoch', () => {
  it('begins with 1', () => {
    expect(nextEpoch(undefined, askedAt(noonMs), westRef.brokerId)).toEqual({ number: 1, isRecorded: false });
  });

  it.each([
    ['is recorded again by a run that goes on', askedAt(noonMs - 5_000)],
    ['has no intent: it was made outside mq-dr', undefined],
    ['was followed by an intent for the other broker', askedAt(noonMs + 5_000, eastRef.brokerId)],
  ])('keeps the number of a promotion that %s', (_label, intent) => {
    expect(nextEpoch(newest, intent, westRef.brokerId)).toEqual({ number: 4, isRecorded: true });
  });

  it('counts on for another primary', () => {
    expect(nextEpoch(newest, askedAt(noonMs - 5_000), eastRef.brokerId)).toEqual({ number: 5, isRecorded: false });
  });

  it('counts on for the same broker when it was promoted once more: the way back was not recorded', () => {
    expect(nextEpoch(newest, askedAt(noonMs + 1), westRef.brokerId)).toEqual({ number: 5, isRecorded: false });
  });
});
