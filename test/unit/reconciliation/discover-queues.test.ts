import { describe, expect, it } from 'vitest';
import { reconciliationSchema } from '../../../functions/config/reconciliation-config.ts';
import { discoverQueues } from '../../../functions/reconciliation/discover-queues.ts';
import type { DestinationCounts, DurableSubscription } from '../../../functions/reconciliation/queue-counts.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';

const config = (queues: Readonly<Record<string, unknown>> = {}) =>
  reconciliationSchema.parse({
    secretArns: ['arn:aws:secretsmanager:us-east-1:1:secret:a'],
    ledgerStart: '2026-01-01T00:00:00Z',
    queues,
  });

const empty = { size: 0, enqueued: 0, dequeued: 0, consumers: 0 };

const counts = (
  queues: readonly string[],
  durableSubscriptions: readonly DurableSubscription[] = [],
): DestinationCounts => ({
  queues: new Map(queues.map((queue) => [queue, empty])),
  durableSubscriptions,
});

const subscription = (pending: number, name = 'audit'): DurableSubscription => ({
  clientId: 'c1',
  name,
  topic: 'prices',
  pending,
});

const unasked = (what: string) => async () => {
  throw new TypeError(`${what} was read`);
};

describe('discovering queues', () => {
  it('takes those that the console shows', async () => {
    const found = await discoverQueues(config(), undefined, 'canary', {
      readCounts: async () => counts(['b', 'a', 'canary', 'ActiveMQ.DLQ']),
      listQueues: unasked('CloudWatch'),
    });
    expect(found).toEqual({ queues: ['a', 'b'], excluded: 2, blockers: [], uncovered: [] });
  });

  it('takes those that CloudWatch knows', async () => {
    const found = await discoverQueues(config({ source: 'metrics', include: ['a.*'] }), undefined, undefined, {
      readCounts: unasked('the console'),
      listQueues: async () => ['a.2', 'a.1', 'b.1'],
    });
    expect(found).toEqual({ queues: ['a.1', 'a.2'], excluded: 1, blockers: [], uncovered: [] });
  });

  it('takes those of the list, without asking anybody', async () => {
    const ports = { readCounts: unasked('the console'), listQueues: unasked('CloudWatch') };
    const found = await discoverQueues(config({ source: 'list', include: ['b', 'a'] }), undefined, undefined, ports);
    expect(found).toMatchObject({ queues: ['a', 'b'], blockers: [] });
    expect(await discoverQueues(config({ source: 'list', include: ['a'] }), ['b'], undefined, ports)).toMatchObject({
      queues: [],
      blockers: [{ code: 'QUEUE_UNKNOWN' }],
    });
  });

  it('names every pattern that fits nothing, with the source', async () => {
    const { blockers } = await discoverQueues(config(), ['wrok', 'work', 'x.*'], undefined, {
      readCounts: async () => counts(['work', 'other']),
      listQueues: unasked('CloudWatch'),
    });
    expect(blockers).toEqual([
      {
        code: 'QUEUE_UNKNOWN',
        message: 'no queue matches "wrok" among the 2 that the source "console" lists',
        evidence: { pattern: 'wrok', source: 'console' },
      },
      expect.objectContaining({ code: 'QUEUE_UNKNOWN', message: expect.stringContaining('"x.*"') }),
    ]);
  });

  it('names a pattern that fits only queues which are left alone, and why they are', async () => {
    const { queues, blockers } = await discoverQueues(
      config({ exclude: ['test.*'] }),
      ['ActiveMQ.DLQ', 'test.*', 'work'],
      undefined,
      {
        readCounts: async () => counts(['work', 'ActiveMQ.DLQ', 'test.a', 'test.b']),
        listQueues: unasked('CloudWatch'),
      },
    );
    expect(queues).toEqual(['work']);
    expect(blockers.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'QUEUE_EXCLUDED: every queue that matches "ActiveMQ.DLQ" is excluded: ActiveMQ.DLQ (dead-letters)',
      'QUEUE_EXCLUDED: every queue that matches "test.*" is excluded: test.a (configured), test.b (configured)',
    ]);
  });

  it('says that nothing was looked at on a broker without queues', async () => {
    const found = await discoverQueues(config(), undefined, undefined, {
      readCounts: async () => counts([]),
      listQueues: unasked('CloudWatch'),
    });
    expect(found).toEqual({
      queues: [],
      excluded: 0,
      blockers: [],
      uncovered: [{ code: 'NO_QUEUES', message: expect.stringContaining('"console"'), evidence: expect.anything() }],
    });
  });

  it('names what the settings include and the broker does not have, once a run covers all of it', async () => {
    const ports = { readCounts: async () => counts(['orders.eu', 'work']), listQueues: unasked('CloudWatch') };
    const settings = config({ include: ['orders.*', 'invoces', 'x.*'] });
    const { queues, uncovered } = await discoverQueues(settings, undefined, undefined, ports);
    expect(queues).toEqual(['orders.eu']);
    expect(uncovered.map(({ code, evidence }) => [code, evidence.pattern])).toEqual([
      ['INCLUDE_UNMATCHED', 'invoces'],
      ['INCLUDE_UNMATCHED', 'x.*'],
    ]);
    expect((await discoverQueues(settings, ['orders.eu'], undefined, ports)).uncovered).toEqual([]);
  });

  it('names queues that no client can ask for, and takes the others', async () => {
    const names = ['orders.*', 'orders.>', ' blank', 'work'];
    const ports = { readCounts: async () => counts(names), listQueues: unasked('CloudWatch') };
    const { queues, uncovered } = await discoverQueues(config(), undefined, undefined, ports);
    expect(queues).toEqual(['work']);
    expect(uncovered.map(({ code, evidence }) => [code, evidence.queue])).toEqual([
      ['QUEUE_NAME_UNADDRESSABLE', ' blank'],
      ['QUEUE_NAME_UNADDRESSABLE', 'orders.*'],
      ['QUEUE_NAME_UNADDRESSABLE', 'orders.>'],
    ]);
  });

  it('takes queues of which the counters are impossible', async () => {
    const odd = { ...counts(['work']), oddQueues: [{ queue: 'odd', problem: 'size is "-1"' }] };
    const ports = { readCounts: async () => odd, listQueues: unasked('CloudWatch') };
    expect((await discoverQueues(config(), undefined, undefined, ports)).queues).toEqual(['odd', 'work']);
  });

  it('says that durable subscriptions are not shown, and takes the queues', async () => {
    const shown = { ...counts(['work']), durableSubscriptions: undefined, subscriptionsProblem: 'status 500' };
    const ports = { readCounts: async () => shown, listQueues: unasked('CloudWatch') };
    expect(await discoverQueues(config(), undefined, undefined, ports)).toMatchObject({
      queues: ['work'],
      uncovered: [{ code: 'SUBSCRIPTIONS_UNREADABLE', message: expect.stringContaining('status 500') }],
    });
  });

  it('lists durable subscriptions that hold messages as not covered, the first ten by name', async () => {
    const discover = async (subscriptions: readonly DurableSubscription[]) =>
      (
        await discoverQueues(config(), undefined, undefined, {
          readCounts: async () => counts(['work'], subscriptions),
          listQueues: unasked('CloudWatch'),
        })
      ).uncovered;
    expect(await discover([subscription(0)])).toEqual([]);
    expect(await discover([subscription(0), subscription(7)])).toEqual([
      {
        code: 'DURABLE_SUBSCRIPTIONS',
        message: '1 durable subscriptions hold messages, and none of these is reconciled',
        evidence: { subscriptions: ['c1/audit on prices: 7'] },
      },
    ]);
    const [many] = await discover(Array.from({ length: 500 }, (_, index) => subscription(1, `s${index}`)));
    expect(many?.message).toMatch(/^500 /);
    expect(many?.evidence.subscriptions).toHaveLength(10);
  });

  it('fails when the source cannot be read: no queue is not nothing to do', async () => {
    const readCounts = async () => {
      throw new ServiceUnavailable('no console');
    };
    const ports = { readCounts, listQueues: unasked('CloudWatch') };
    await expect(discoverQueues(config(), undefined, undefined, ports)).rejects.toThrow(ServiceUnavailable);
  });
});
