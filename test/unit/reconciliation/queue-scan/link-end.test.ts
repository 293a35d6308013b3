import { describe, expect, it } from 'vitest';
import { LinkEnd } from '../../../../functions/reconciliation/queue-scan/link-end.ts';

describe('the end of a link', () => {
  it('is two empty answers in a row: behind the first a message may wait', () => {
    const end = new LinkEnd();
    expect(
      [
        ['all', 10],
        ['drained', 0],
        ['drained', 1],
        ['drained', 0],
        ['silent', 0],
        ['drained', 0],
        ['drained', 0],
      ].map(([answer, came]) => end.reached(answer as 'all' | 'drained' | 'silent', Number(came))),
    ).toEqual([false, false, false, false, false, false, true]);
  });

  it('is an error when the broker leaves 200 requests in a row unanswered', () => {
    const end = new LinkEnd();
    const wait = (times: number): void => {
      for (let request = 0; request < times; request++) end.reached('silent', 0);
    };
    wait(199);
    end.reached('drained', 1);
    wait(199);
    expect(() => wait(1)).toThrow(
      expect.objectContaining({ name: 'ServiceUnavailable', message: expect.stringContaining('200 requests') }),
    );
  });
});
