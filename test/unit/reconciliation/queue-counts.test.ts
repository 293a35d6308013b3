import { describe, expect, it } from 'vitest';
import { countsOf, hasQueue, wildcardMessages } from '../../../functions/reconciliation/queue-counts.ts';

const counted = (size: number) => ({ size, enqueued: size, dequeued: 0, consumers: 0 });
const counts = {
  queues: new Map(
    ['orders.eu', 'orders.*', 'orders.>', '>', 'invoices.eu'].map((name, index) => [name, counted(index + 1)]),
  ),
  oddQueues: [{ queue: 'odd', problem: 'size is "-1"' }],
  durableSubscriptions: [],
};

describe('what consumers of a queue get', () => {
  it.each([
    ['orders.eu', 2 + 3 + 4],
    ['orders.eu.north', 3 + 4],
    ['orders', 3 + 4],
    ['invoices.eu', 4],
  ])('of %s includes what is in queues whose names are wildcards that fit it: %i', (queue, messages) => {
    expect(wildcardMessages(counts, queue)).toBe(messages);
  });

  it('is counted as theirs', () => {
    expect(countsOf(counts, 'orders.eu')).toEqual({ ...counted(1), size: 1 + 2 + 3 + 4 });
    expect(countsOf(counts, 'odd')).toBeUndefined();
    expect(countsOf(undefined, 'orders.eu')).toBeUndefined();
  });

  it('may come from a queue of which the counters say nothing', () => {
    expect(['orders.eu', 'odd', 'nobody'].map((queue) => hasQueue(counts, queue))).toEqual([true, true, false]);
  });
});
