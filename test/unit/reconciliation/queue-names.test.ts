import { describe, expect, it } from 'vitest';
import { reconciliationSchema } from '../../../functions/config/reconciliation-config.ts';
import { chooseQueues, fitsPattern } from '../../../functions/reconciliation/queue-names.ts';

const config = (queues: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) =>
  reconciliationSchema.parse({
    secretArns: ['arn:aws:secretsmanager:us-east-1:1:secret:a'],
    ledgerStart: '2026-01-01T00:00:00Z',
    queues,
    ...more,
  });

describe('a pattern', () => {
  it.each([
    ['orders', 'orders', true],
    ['orders', 'order', false],
    ['orders', 'Orders', false],
    ['orders', '*', true],
    ['', '*', true],
    ['orders.eu', 'orders.*', true],
    ['orders', 'orders.*', false],
    ['orders.', 'orders.*', true],
    ['eu.orders', '*.orders', true],
    ['eu.orders.x', '*.orders', false],
    ['a.b.c', 'a*c', true],
    ['a.b.c', 'a*b*c', true],
    ['a.c', 'a*b*c', false],
    // The text of one star is not that of the next, and the ends do not overlap.
    ['aba', 'ab*ba', false],
    ['abba', 'ab*ba', true],
    ['abcbc', 'a*bc*bc', true],
    ['abc', 'a*bc*bc', false],
    ['a', 'a*a', false],
    ['aa', 'a**a', true],
    ['axa', '**', true],
    // Nothing else is special.
    ['ordersXeu', 'orders.eu', false],
    ['a+b', 'a+b', true],
    ['a(b', 'a(*', true],
    ['größe.eu', 'größe.*', true],
    ['a\nb', 'a*b', true],
  ])('%j fits %j: %s', (name, pattern, fits) => {
    expect(fitsPattern(name, pattern)).toBe(fits);
  });

  it('stays fast for many stars', () => {
    expect(fitsPattern('a'.repeat(2_000), `${'a*'.repeat(500)}b`)).toBe(false);
  });
});

describe('the queues of a run', () => {
  it.each([
    ['ActiveMQ.Plugin.Replication.Queue', 'broker'],
    ['ActiveMQ.Plugin.Replication.Intermediate.Queue', 'broker'],
    ['ActiveMQ.Plugin.Replication.Role.Advisory', 'broker'],
    ['ActiveMQ.Advisory.Consumer.Queue.work', 'broker'],
    ['ActiveMQ.Statistics.Broker', 'broker'],
    ['ActiveMQ.DLQ', 'dead-letters'],
    ['ActiveMQ.DLQ.Queue.work', 'dead-letters'],
    ['DLQ', 'dead-letters'],
    ['DLQ.work', 'dead-letters'],
    ['mq-dr.quarantine.work', 'quarantine'],
    ['canaries', 'canary'],
    ['orders.test', 'configured'],
    ['other', 'not-included'],
  ])('are without %s: %s', (queue, reason) => {
    const { queues, excluded } = chooseQueues(
      [queue, 'orders.eu'],
      config({ include: ['orders.*', 'canaries', 'mq-dr.*', 'ActiveMQ.*', 'DLQ*'], exclude: ['*.test'] }),
      undefined,
      'canaries',
    );
    expect(queues).toEqual(['orders.eu']);
    expect(excluded).toEqual([{ queue, reason }]);
  });

  it('are the others, each once, by name', () => {
    const found = ['b', 'a', 'b', 'DLQs', 'ActiveMQ', 'xDLQ'];
    expect(chooseQueues(found, config(), undefined, undefined).queues).toEqual(['ActiveMQ', 'DLQs', 'a', 'b', 'xDLQ']);
  });

  it('leave the quarantine of the settings alone, whatever it is called', () => {
    const { queues } = chooseQueues(
      ['kept.work', 'work'],
      config({}, { quarantinePrefix: 'kept.' }),
      undefined,
      undefined,
    );
    expect(queues).toEqual(['work']);
  });

  it('are narrowed by the patterns that a run asks for, never widened', () => {
    const found = ['orders.eu', 'orders.us', 'bills.eu', 'test.eu'];
    const settings = config({ include: ['orders.*', 'test.*'], exclude: ['test.*'] });
    const chosen = chooseQueues(found, settings, ['*.eu', 'bills.*'], undefined);
    expect(chosen.queues).toEqual(['orders.eu']);
    expect(chosen.unknown).toEqual([]);
    expect(chosen.excluded).toEqual([
      { queue: 'bills.eu', reason: 'not-included' },
      { queue: 'orders.us', reason: 'not-included' },
      { queue: 'test.eu', reason: 'configured' },
    ]);
  });

  it('are widened by full names beyond the settings, but not by those that are never reconciled', () => {
    const never = ['ActiveMQ.Advisory.x', 'ActiveMQ.DLQ', 'canaries', 'mq-dr.quarantine.a'];
    const settings = config({ include: ['orders.*'], exclude: ['test.*'] });
    const chosen = chooseQueues([...never, 'bills', 'test.eu'], settings, [...never, 'bills', 'test.eu'], 'canaries');
    expect(chosen.queues).toEqual(['bills', 'test.eu']);
    expect(chosen.excluded.map(({ reason }) => reason)).toEqual(['broker', 'dead-letters', 'canary', 'quarantine']);
  });

  it('name what was asked for and is not there', () => {
    const chosen = chooseQueues(['work'], config(), ['wrok', 'work', 'x.*'], undefined);
    expect(chosen).toMatchObject({ queues: ['work'], unknown: ['wrok', 'x.*'] });
  });
});
