import { describe, expect, it } from 'vitest';
import { freshMs } from '../../../functions/brokers/replication-limits.ts';
import { predictLoss } from '../../../functions/promotion/predicted-loss.ts';
import { minutely, noonMs, unreadableGauge } from '../../support/brokers.ts';

describe('predictLoss', () => {
  it('is the size of the replication queue, with its age', () => {
    expect(predictLoss(minutely([900, 250]), noonMs)).toEqual({ known: true, events: 250, ageSeconds: 60 });
    expect(predictLoss(minutely([250], freshMs), noonMs)).toMatchObject({ known: true });
  });

  it.each([
    ['was not read', undefined, /was not read/],
    ['cannot be read', unreadableGauge('access denied'), /access denied/],
    ['has no points', minutely([]), /no points/],
    ['has only old points', minutely([0], freshMs + 1), /240 s old/],
  ])('is unknown, never zero, when the queue %s', (_label, reading, reason) => {
    const loss = predictLoss(reading, noonMs);
    expect(loss).toEqual({ known: false, reason: expect.stringMatching(reason) });
  });
});
