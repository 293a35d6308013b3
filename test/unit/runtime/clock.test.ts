import { describe, expect, it } from 'vitest';
import { systemClock, valuesOrFirstError } from '../../../functions/runtime/clock.ts';

describe('valuesOrFirstError', () => {
  it('returns the values in order', () => {
    expect(
      valuesOrFirstError([
        { status: 'fulfilled', value: 1 },
        { status: 'fulfilled', value: 'b' },
      ]),
    ).toEqual([1, 'b']);
  });

  it('throws the first reason in order', () => {
    const first = new Error('first');
    expect(() =>
      valuesOrFirstError([
        { status: 'fulfilled', value: 1 },
        { status: 'rejected', reason: first },
        { status: 'rejected', reason: new Error('second') },
      ]),
    ).toThrow(first);
  });
});

describe('systemClock', () => {
  it('waits for every task before it reports the first error in order', async () => {
    let ended = false;
    const second = async (): Promise<string> => {
      await systemClock.sleepMs(0);
      ended = true;
      return 'done';
    };
    const tasks = [async () => Promise.reject(new Error('at once')), second] as const;
    await expect(systemClock.concurrently<[never, string]>(tasks)).rejects.toThrow('at once');
    expect(ended).toBe(true);
  });
});
