import { describe, expect, it } from 'vitest';
import { isHarmless, judgeConservation, judgeLines, scanNote } from '../../../functions/reconciliation/conservation.ts';
import type { QueueCounts } from '../../../functions/reconciliation/queue-counts.ts';

const counts = (size: number, enqueued: number, dequeued: number): QueueCounts => ({
  size,
  enqueued,
  dequeued,
  consumers: 0,
});

const before = counts(10, 100, 90);
const codes = (after: QueueCounts | undefined, seen: number, removed = 0, first: QueueCounts | undefined = before) =>
  judgeConservation('work', first, after, { seen, removed }).map(({ code }) => code);

describe('the counts around a scan', () => {
  it.each<[string, QueueCounts, number, number]>([
    ['a quiet queue that was seen', before, 10, 0],
    ['a quiet queue that lost what was removed', counts(7, 100, 93), 10, 3],
    ['an empty queue', counts(10, 100, 90), 10, 0],
    ['a queue that others filled, seen without what came', counts(15, 105, 90), 10, 0],
    ['a queue that others filled, seen with what came', counts(15, 105, 90), 15, 0],
    ['a queue that others consumed, seen with what went', counts(6, 100, 94), 10, 0],
    ['a queue that others consumed, seen without what went', counts(6, 100, 94), 6, 0],
    ['a queue in full use while messages were removed', counts(9, 105, 96), 12, 2],
  ])('add up for %s', (_what, after, seen, removed) => {
    expect(codes(after, seen, removed)).toEqual([]);
  });

  it.each<[string, QueueCounts, number, number, readonly string[]]>([
    ['a quiet queue of which one was not seen', before, 9, 0, ['SEEN_MISMATCH']],
    ['a quiet queue of which one was seen twice', before, 11, 0, ['SEEN_MISMATCH']],
    ['fewer seen than others can have taken', counts(6, 100, 94), 5, 0, ['SEEN_MISMATCH']],
    ['more seen than can have come', counts(15, 105, 90), 16, 0, ['SEEN_MISMATCH']],
    ['removals that the broker did not count', counts(8, 100, 92), 10, 3, ['REMOVAL_MISMATCH']],
    ['removals that vanished from the count alone', before, 10, 1, ['REMOVAL_MISMATCH']],
    ['a message that vanished without being consumed', counts(9, 100, 90), 10, 0, ['SIZE_MISMATCH']],
    ['a message from nowhere', counts(11, 100, 90), 10, 0, ['SIZE_MISMATCH']],
    ['several at once', counts(20, 100, 91), 3, 2, ['REMOVAL_MISMATCH', 'SIZE_MISMATCH', 'SEEN_MISMATCH']],
  ])('name %s', (_what, after, seen, removed, expected) => {
    expect(codes(after, seen, removed)).toEqual(expected);
  });

  it('say nothing more once the broker was started again', () => {
    expect(codes(counts(10, 0, 0), 10)).toEqual(['COUNTS_RESTARTED']);
    expect(codes(counts(10, 100, 4), 3)).toEqual(['COUNTS_RESTARTED']);
    expect(codes(counts(10, 4, 90), 3)).toEqual(['COUNTS_RESTARTED']);
  });

  it('confirm nothing where one of them could not be read', () => {
    expect(codes(undefined, 10)).toEqual(['COUNTS_UNVERIFIED']);
    expect(judgeConservation('work', undefined, before, { seen: 10, removed: 0 })).toMatchObject([
      { code: 'COUNTS_UNVERIFIED', message: expect.stringContaining('work'), evidence: { seen: 10 } },
    ]);
  });

  it('come with every number in the evidence, and the expected interval in the sentence', () => {
    expect(judgeConservation('work', before, counts(11, 105, 94), { seen: 30, removed: 1 })).toEqual([
      {
        code: 'SEEN_MISMATCH',
        message: '30 messages of work were seen, but the queue held 7 to 15',
        evidence: { queue: 'work', seen: 30, removed: 1, sizeBefore: 10, sizeAfter: 11, enqueued: 5, dequeued: 4 },
      },
    ]);
    expect(judgeConservation('work', before, before, { seen: 9, removed: 0 })[0]?.message).toBe(
      '9 messages of work were seen, but the queue held 10',
    );
  });
});

describe('a finding about a scan', () => {
  it('leaves it complete only when it is a remark or the lack of counters', () => {
    const found = ['WALK_REMARK', 'COUNTS_UNVERIFIED', 'COUNTS_RESTARTED', 'SIZE_MISMATCH', 'LINES_MISMATCH'];
    expect(found.filter((code) => isHarmless({ code, message: '', evidence: {} }))).toEqual([
      'WALK_REMARK',
      'COUNTS_UNVERIFIED',
    ]);
    expect(scanNote('work', 'slow')).toEqual({ code: 'WALK_REMARK', message: 'slow', evidence: { queue: 'work' } });
  });

  it('is made of every message that has no line', () => {
    expect(judgeLines('work', 5, 5)).toEqual([]);
    expect(judgeLines('work', 5, 4)).toMatchObject([
      { code: 'LINES_MISMATCH', message: '5 messages of work were seen, but the manifest lists 4' },
    ]);
  });
});
