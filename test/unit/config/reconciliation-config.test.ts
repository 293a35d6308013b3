import { describe, expect, it } from 'vitest';
import { pairConfigSchema } from '../../../functions/config/pair-config.ts';
import { secretOf } from '../../../functions/config/reconciliation-config.ts';

const west = 'arn:aws:secretsmanager:us-west-2:1:secret:op';
const east = 'arn:aws:secretsmanager:us-east-1:1:secret:op';
const least = { secretArns: [east, west], ledgerStart: '2026-01-01T00:00:00Z' };

const parse = (reconciliation: Readonly<Record<string, unknown>>) =>
  pairConfigSchema.safeParse({ name: 'orders', reconciliation });

describe('the settings of a reconciliation', () => {
  it('report all queues of the console by message-id, unless they say otherwise', () => {
    expect(parse(least).data?.reconciliation).toEqual({
      ...least,
      queues: { source: 'console', include: ['*'], exclude: [] },
      afterPromotion: 'report',
      automaticRepair: false,
      quarantinePrefix: 'mq-dr.quarantine.',
      retentionSeconds: 14 * 86_400,
      identity: { from: 'message-id' },
    });
  });

  it.each([
    ['a list of names', { queues: { source: 'list', include: ['work', 'orders.eu'] } }],
    ['patterns for the console', { queues: { include: ['orders.*'], exclude: ['*.test'] } }],
    ['a property', { identity: { from: 'property', property: 'orderId' } }],
    ['nothing after a promotion', { afterPromotion: 'off' }],
  ])('may have %s', (_what, more) => {
    expect(parse({ ...least, ...more }).data?.reconciliation).toMatchObject(more);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no secret', { secretArns: [] }, 'secretArns'],
    ['a secret that is no ARN', { secretArns: ['operator'] }, 'secretArns.0'],
    ['no start', { ledgerStart: undefined }, 'ledgerStart'],
    ['a start that is no time', { ledgerStart: 'yesterday' }, 'ledgerStart'],
    ['a retention below an hour', { retentionSeconds: 60 }, 'retentionSeconds'],
    ['an unknown source', { queues: { source: 'jmx' } }, 'queues.source'],
    ['no queue', { queues: { include: [] } }, 'queues.include'],
    ['patterns in a list', { queues: { source: 'list', include: ['work', 'orders.*'] } }, 'queues.include'],
    ['all queues in a list', { queues: { source: 'list' } }, 'queues.include'],
    ['an unknown mode', { afterPromotion: 'repair' }, 'afterPromotion'],
    ['no quarantine', { quarantinePrefix: '' }, 'quarantinePrefix'],
    ['an unknown identity', { identity: { from: 'header' } }, 'identity.from'],
    ['a property without a name', { identity: { from: 'property' } }, 'identity.property'],
    ['an unknown field', { retention: 1 }, ''],
  ])('are refused with %s', (_what, more, path) => {
    const issues = parse({ ...least, ...more }).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([['reconciliation', path].filter(Boolean).join('.')]);
  });

  it('have one secret for each Region', () => {
    expect(secretOf([east, west], 'us-west-2')).toBe(west);
    expect(secretOf([east], 'us-west-2')).toBeUndefined();
    expect(secretOf([], 'us-west-2')).toBeUndefined();
  });
});
