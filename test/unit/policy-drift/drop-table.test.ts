import { describe, expect, it } from 'vitest';
import { dropsOf, dropTable } from '../../../functions/policy-drift/drop-table.ts';
import type { PolicyDefinition, RabbitQueue } from '../../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { profileOf, queue } from '../../support/rabbit.ts';

/** `lost`: messages go · `kept` · the names of figures without which nobody can say. */
const verdict = (
  of: Partial<RabbitQueue>,
  before: PolicyDefinition,
  after: PolicyDefinition,
  version = '3.10.8',
): unknown => {
  const loss = dropsOf(queue({ messages: 100, messageBytes: 10_000, ...of }), before, after, profileOf(version));
  if (loss === undefined) return 'kept';
  return loss.text === undefined ? loss.missing : 'lost';
};

const refusing = { overflow: 'reject-publish' };
const classic: Partial<RabbitQueue> = { type: 'classic' };
const quorum: Partial<RabbitQueue> = { type: 'quorum' };
const stream: Partial<RabbitQueue> = { type: 'stream' };
const muteQueue: Partial<RabbitQueue> = { messages: 'absent', messageBytes: 'absent' };

describe('what a change of a policy can lose', () => {
  it.each<[string, Partial<RabbitQueue>, PolicyDefinition, PolicyDefinition, unknown]>([
    ['a limit below the depth', classic, {}, { 'max-length': 10 }, 'lost'],
    ['a limit above the depth', classic, {}, { 'max-length': 100 }, 'kept'],
    ['a raised limit', classic, { 'max-length': 10 }, { 'max-length': 20 }, 'kept'],
    ['a limit of which nobody knows the depth', { ...classic, ...muteQueue }, {}, { 'max-length': 10 }, ['messages']],
    ['a limit in bytes', classic, {}, { 'max-length-bytes': 9_999 }, 'lost'],
    ['a limit in bytes of unknown size', muteQueue, {}, { 'max-length-bytes': 9 }, ['messageBytes']],
    [
      'a refusing queue that drops from now on',
      classic,
      { 'max-length': 10, ...refusing },
      { 'max-length': 10 },
      'lost',
    ],
    [
      'a refusing queue that drops from now on, by name',
      quorum,
      { 'max-length': 10, ...refusing },
      { 'max-length': 10, overflow: 'drop-head' },
      'lost',
    ],
    ['a refusing queue below its limit', classic, { 'max-length': 200, ...refusing }, { 'max-length': 200 }, 'kept'],
    [
      'a refusing queue without a figure',
      { ...quorum, ...muteQueue },
      { 'max-length': 10, ...refusing },
      { 'max-length': 10 },
      ['messages'],
    ],
    ['a limit that refuses, on a queue that refuses', classic, refusing, { 'max-length': 10, ...refusing }, 'kept'],
    // The limit of a classic queue comes into force before the overflow that would have spared it.
    ['a limit together with its refusal', classic, {}, { 'max-length': 10, ...refusing }, 'lost'],
    ['a limit together with its refusal, all at once', quorum, {}, { 'max-length': 10, ...refusing }, 'kept'],
    [
      'reject-publish-dlx, which a quorum queue takes for drop-head',
      quorum,
      { 'max-length': 10, ...refusing },
      { 'max-length': 10, overflow: 'reject-publish-dlx' },
      'lost',
    ],
    [
      'reject-publish-dlx of a classic queue',
      classic,
      { 'max-length': 10, ...refusing },
      { 'max-length': 10, overflow: 'reject-publish-dlx' },
      'kept',
    ],
    [
      'an overflow that leaves a limit of the declaration alone',
      { ...classic, arguments: { 'max-length': 10 } },
      refusing,
      { 'queue-mode': 'lazy' },
      'lost',
    ],
    [
      'an overflow that the declaration holds fast',
      { ...classic, arguments: { 'max-length': 10, ...refusing } },
      refusing,
      { 'queue-mode': 'lazy' },
      'kept',
    ],
    [
      'an overflow that a quorum queue takes from its policy first',
      { ...quorum, arguments: { 'max-length': 10, ...refusing } },
      refusing,
      { overflow: 'drop-head' },
      'lost',
    ],
    ['a limit above that of the declaration', { arguments: { 'max-length': 10 } }, {}, { 'max-length': 20 }, 'kept'],
    ['a message-ttl', quorum, {}, { 'message-ttl': 60_000 }, 'lost'],
    ['a message-ttl of an empty queue', { messages: 0 }, {}, { 'message-ttl': 60_000 }, 'kept'],
    ['a message-ttl of a mute queue', muteQueue, {}, { 'message-ttl': 60_000 }, ['messages']],
    ['a longer message-ttl', classic, { 'message-ttl': 1 }, { 'message-ttl': 2 }, 'kept'],
    ['an expires, even of an empty queue', { messages: 0 }, {}, { expires: 1 }, 'lost'],
    ['no expires any more', classic, { expires: 1 }, {}, 'kept'],
    [
      'an expires that hid a shorter one of the declaration',
      { ...quorum, arguments: { expires: 5 } },
      { expires: 9 },
      {},
      'lost',
    ],
    ['a delivery-limit', quorum, {}, { 'delivery-limit': 3 }, 'lost'],
    ['a higher delivery-limit', quorum, { 'delivery-limit': 3 }, { 'delivery-limit': 5 }, 'kept'],
    ['no dead-letter exchange any more', { messages: 0 }, { 'dead-letter-exchange': 'dlx' }, {}, 'lost'],
    ['another dead-letter exchange', {}, { 'dead-letter-exchange': 'a' }, { 'dead-letter-exchange': 'b' }, 'lost'],
    ['a first dead-letter exchange', {}, {}, { 'dead-letter-exchange': 'b' }, 'kept'],
    [
      'a dead-letter exchange that the declaration has too',
      { arguments: { 'dead-letter-exchange': 'dlx' } },
      { 'dead-letter-exchange': 'other' },
      {},
      'kept',
    ],
    [
      'another dead-letter routing key',
      {},
      { 'dead-letter-exchange': 'a', 'dead-letter-routing-key': 'x' },
      { 'dead-letter-exchange': 'a', 'dead-letter-routing-key': 'y' },
      'lost',
    ],
    [
      'at-least-once that ends',
      quorum,
      { 'dead-letter-exchange': 'a', 'dead-letter-strategy': 'at-least-once', ...refusing },
      { 'dead-letter-exchange': 'a', ...refusing },
      'lost',
    ],
    [
      'at-least-once that ends because the queue no longer refuses',
      { ...quorum, messages: 0 },
      { 'dead-letter-exchange': 'a', 'dead-letter-strategy': 'at-least-once', ...refusing },
      { 'dead-letter-exchange': 'a', 'dead-letter-strategy': 'at-least-once' },
      'lost',
    ],
    ['a shorter max-age', stream, { 'max-age': '1Y' }, { 'max-age': '7D' }, 'lost'],
    ['a max-age as long in another unit', stream, { 'max-age': '7D' }, { 'max-age': '168h' }, 'kept'],
    ['a max-age of a mute stream', { ...stream, ...muteQueue }, {}, { 'max-age': '7D' }, ['messages']],
    ['less room for a stream', stream, { 'max-length-bytes': 2_000 }, { 'max-length-bytes': 1_000 }, 'lost'],
    ['an unsynchronised mirror as leader', classic, { 'ha-promote-on-failure': 'when-synced' }, {}, 'lost'],
    ['where messages are kept', classic, { 'queue-mode': 'lazy' }, { 'queue-version': 2 }, 'kept'],
    ['a key that nobody knows', classic, {}, { 'federation-upstream-set': 'all' }, 'lost'],
    ['a key of a queue type that nobody knows', { type: 'other' }, {}, { 'max-length': 1 }, 'lost'],
  ])('%s', (_name, of, before, after, expected) => {
    expect(verdict(of, before, after)).toEqual(expected);
  });

  it('knows the default delivery-limit of RabbitMQ 4: without a limit of its own a queue has a smaller one', () => {
    expect(verdict(quorum, { 'delivery-limit': 100 }, {}, '4.0.5')).toBe('lost');
    expect(verdict(quorum, { 'delivery-limit': -1 }, {}, '4.0.5')).toBe('lost');
    expect(verdict(quorum, {}, { 'delivery-limit': -1 }, '4.0.5')).toBe('kept');
    expect(verdict(quorum, { 'delivery-limit': 100 }, {}, '3.13.7')).toBe('kept');
  });

  it('has a line for every key that a version knows for a type', () => {
    for (const version of ['3.10.8', '3.13.7', '4.0.5']) {
      const { voidKeys } = profileOf(version);
      for (const type of ['classic', 'quorum', 'stream'] as const) {
        const lines = Object.keys(dropTable[type]).filter((key) => !voidKeys[type].has(key));
        expect(lines.length).toBeGreaterThan(5);
      }
    }
  });
});
