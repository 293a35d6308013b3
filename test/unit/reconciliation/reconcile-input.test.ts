import { describe, expect, it } from 'vitest';
import { reconcileInputSchema } from '../../../functions/reconciliation/reconcile-input.ts';
import { parseInput } from '../../../functions/runtime/parse-input.ts';

const hash = 'a'.repeat(64);
const parse = (more: Readonly<Record<string, unknown>> = {}) =>
  parseInput(reconcileInputSchema, { pair: 'orders', reason: 'test', ...more }, 'input');

describe('the input of reconcile', () => {
  it('reports all queues for real unless it says otherwise', () => {
    expect(parse()).toEqual({ pair: 'orders', reason: 'test', mode: 'report', dryRun: false });
  });

  it.each([
    ['a manifest to repair by', { mode: 'repair', manifest: hash }],
    ['queues to report about', { queues: ['work', 'orders.*'] }],
    ['queues to repair at once', { mode: 'auto', queues: ['work'] }],
    ['the settings of the pair', { mode: 'configured' }],
    ['the run whose step it is', { parentRun: { executionArn: 'arn', startTime: '2026-01-01T00:00:00Z', fence: 1 } }],
  ])('takes %s', (_what, more) => {
    expect(parse(more)).toMatchObject(more);
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['no pair', { pair: '' }, /pair/],
    ['no reason', { reason: '' }, /reason/],
    ['an unknown field', { queue: 'work' }, /unknown field "queue" \(did you mean "queues"\?\)/],
    ['an unknown mode', { mode: 'fix' }, /mode/],
    ['a repair without a manifest', { mode: 'repair' }, /mode "repair" needs the hash of a manifest/],
    ['a manifest for another mode', { mode: 'auto', manifest: hash }, /no other mode takes one/],
    ['something else than a hash', { mode: 'repair', manifest: '../x' }, /64 hexadecimal digits/],
    ['queues beside a manifest', { mode: 'repair', manifest: hash, queues: ['work'] }, /name the queues when/],
    ['an empty list of queues', { queues: [] }, /queues/],
    ['an empty name of a queue', { queues: [''] }, /queues/],
    [
      'a parent without a lock',
      { parentRun: { executionArn: 'arn', startTime: '2026-01-01T00:00:00Z', fence: null } },
      /parentRun\.fence/,
    ],
  ])('refuses %s', (_what, more, message) => {
    expect(() => parse(more)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringMatching(message) }),
    );
  });
});
