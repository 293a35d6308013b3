import { describe, expect, it } from 'vitest';
import { lookForUnseen } from '../../../functions/reconciliation/look-for-unseen.ts';
import { AccessDenied, ServiceUnavailable } from '../../../functions/shared/errors.ts';
import type { DestinationCounts, QueueCounts } from '../../../functions/shared/queue-counts.ts';

const counts = (size: number, dequeued = 0): QueueCounts => ({ size, enqueued: 0, dequeued, consumers: 0 });

const setup = (before: QueueCounts | undefined, now: QueueCounts | undefined) => {
  let reads = 0;
  const readCounts = async (): Promise<DestinationCounts> => {
    reads += 1;
    return { queues: new Map(now === undefined ? [] : [['work', now]]), durableSubscriptions: [] };
  };
  return { ask: lookForUnseen('work', before, readCounts), reads: () => reads };
};

describe('the question what a walk has not seen', () => {
  it.each([
    { what: 'nobody used the queue', now: counts(10), seen: 7, removed: 0, unseen: 3 },
    { what: 'the walk removed some itself', now: counts(8, 2), seen: 7, removed: 2, unseen: 3 },
    { what: 'others took all that is missing', now: counts(7, 3), seen: 7, removed: 0, unseen: 0 },
    { what: 'others took a part of it', now: counts(6, 4), seen: 7, removed: 2, unseen: 1 },
    { what: 'the queue is gone', now: undefined, seen: 7, removed: 0, unseen: 0 },
  ])('is answered by the counters of now: $unseen when $what', async ({ now, seen, removed, unseen }) => {
    expect(await setup(counts(10), now).ask({ seen, removed })).toBe(unseen);
  });

  it('needs no counters when all was seen that was there', async () => {
    const { ask, reads } = setup(counts(10), counts(12));
    expect([await ask({ seen: 10, removed: 0 }), await ask({ seen: 11, removed: 4 }), reads()]).toEqual([0, 0, 0]);
  });

  it('cannot be answered without counters of the start', async () => {
    const { ask, reads } = setup(undefined, counts(12));
    expect([await ask({ seen: 0, removed: 0 }), reads()]).toEqual([0, 0]);
  });

  it('is left open while the counters cannot be had, and raises everything else', async () => {
    const asked = (error: Error) =>
      lookForUnseen('work', counts(1), async () => {
        throw error;
      })({ seen: 0, removed: 0 });
    expect(await asked(new ServiceUnavailable('no console'))).toBe(0);
    await expect(asked(new AccessDenied('no access to the console'))).rejects.toThrow('no access');
  });
});
