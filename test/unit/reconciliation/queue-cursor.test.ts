import { describe, expect, it } from 'vitest';
import { leaseSeconds } from '../../../functions/control/guards.ts';
import { keepLockEvery } from '../../../functions/control/renew-lock.ts';
import {
  endsScanAfterSeconds,
  forEachQueue,
  startsQueuesForSeconds,
} from '../../../functions/reconciliation/queue-cursor.ts';
import { LockLost } from '../../../functions/runtime/errors.ts';
import { FakeClock } from '../../support/fake-ports.ts';

/** Goes through queues that take so many seconds each; `done` are the queues that were worked on. */
const gone = async (from: number, secondsEach: readonly number[], notDone: readonly number[] = []) => {
  const clock = new FakeClock();
  const done: number[] = [];
  const progress = await forEachQueue(
    from,
    secondsEach.length,
    () => clock.nowMs(),
    async (index) => {
      clock.advanceMs((secondsEach[index] ?? 0) * 1_000);
      done.push(index);
      return !notDone.includes(index);
    },
  );
  return { progress, done };
};

describe('going through queues', () => {
  it('goes through all that there is time for, and says where it left off', async () => {
    expect(await gone(0, [10, 10, 10])).toEqual({ progress: { next: 3, done: true }, done: [0, 1, 2] });
    expect(await gone(0, [100, 100, 100])).toEqual({ progress: { next: 2, done: false }, done: [0, 1] });
    expect(await gone(2, [100, 100, 100])).toEqual({ progress: { next: 3, done: true }, done: [2] });
  });

  it('is done at once without queues, and behind the last one', async () => {
    expect(await gone(0, [])).toEqual({ progress: { next: 0, done: true }, done: [] });
    expect(await gone(1, [10])).toEqual({ progress: { next: 1, done: true }, done: [] });
  });

  it('begins none when its time is over, but one in any case', async () => {
    expect((await gone(0, [startsQueuesForSeconds, 1])).done).toEqual([0]);
    expect((await gone(0, [startsQueuesForSeconds - 1, 1, 1])).done).toEqual([0, 1]);
    expect((await gone(0, [10_000, 1])).progress).toEqual({ next: 1, done: false });
  });

  it('stops at a queue that is not done, and does not count it', async () => {
    expect(await gone(0, [1, 1, 1], [1])).toEqual({ progress: { next: 1, done: false }, done: [0, 1] });
  });

  it('raises what the work raises', async () => {
    const broken = forEachQueue(
      0,
      1,
      () => 0,
      () => Promise.reject(new LockLost('gone')),
    );
    await expect(broken).rejects.toThrow(LockLost);
  });

  it('leaves time to store what was found', () => {
    expect(startsQueuesForSeconds).toBeLessThan(endsScanAfterSeconds);
    expect(endsScanAfterSeconds).toBeLessThan(300);
  });
});

describe('keeping the lock', () => {
  it('extends it once a minute, however often it is asked', async () => {
    const clock = new FakeClock();
    const renewedAt: number[] = [];
    const startedAtMs = clock.nowMs();
    const keep = keepLockEvery(
      async () => {
        renewedAt.push((clock.nowMs() - startedAtMs) / 1_000);
      },
      () => clock.nowMs(),
    );
    for (let second = 0; second <= 200; second += 1) {
      await keep();
      clock.advanceMs(1_000);
    }
    expect(renewedAt).toEqual([60, 120, 180]);
    // Several chances before the lease ends.
    expect(leaseSeconds / (renewedAt[0] ?? 0)).toBeGreaterThanOrEqual(3);
  });

  it('raises what extending raises, and asks again', async () => {
    const clock = new FakeClock();
    let asked = 0;
    const keep = keepLockEvery(
      async () => {
        asked += 1;
        throw new LockLost('another run acts');
      },
      () => clock.nowMs(),
    );
    await keep();
    clock.advanceMs(60_000);
    await expect(keep()).rejects.toThrow(LockLost);
    clock.advanceMs(60_000);
    await expect(keep()).rejects.toThrow(LockLost);
    expect(asked).toBe(2);
  });
});
