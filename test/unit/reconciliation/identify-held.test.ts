import { describe, expect, it } from 'vitest';
import type { MessageIdentity } from '../../../functions/ledger/identify-message.ts';
import type { AmqpId } from '../../../functions/ledger/message-id.ts';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import { heldMessage } from '../../support/fake-queues.ts';

const byMessageId = identifyHeld({ from: 'message-id' });
const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

describe('the identity of a held message', () => {
  it.each<[string, AmqpId | undefined, string | undefined]>([
    ['a text', 'abc', 'ID:abc'],
    ['a text as JMS makes it', 'ID:host-1', 'ID:host-1'],
    ['a text with anything in it', 'a|b"\n\u0000é', 'ID:a|b"\n\u0000é'],
    ['a text of 64 KiB', 'x'.repeat(65_536), `ID:${'x'.repeat(65_536)}`],
    ['a number', 7, 'ID:AMQP_ULONG:7'],
    ['a large number', 2n ** 60n, 'ID:AMQP_ULONG:1152921504606846976'],
    ['a UUID', uuid, 'ID:AMQP_UUID:00112233-4455-6677-8899-aabbccddeeff'],
    ['bytes', Buffer.from([1, 255]), 'ID:AMQP_BINARY:01FF'],
    ['nothing', undefined, undefined],
    ['an empty text', '', undefined],
    // Named by the ledger as something that cannot be trusted; here it is a message without an identity.
    ['a number that was rounded', 2 ** 60, undefined],
    ['a negative number', -1, undefined],
  ])('by message-id is that of %s', (_what, messageId, expected) => {
    expect(byMessageId(heldMessage({ messageId }))).toBe(expected);
  });

  it.each<[string, MessageIdentity, string | undefined]>([
    ['the correlation-id', { from: 'correlation-id' }, 'correlation:c-7'],
    ['a property', { from: 'property', property: 'orderId' }, 'property:orderId=42'],
    ['a property that it lacks', { from: 'property', property: 'other' }, undefined],
    ['the hash of its body', { from: 'body-hash' }, `sha256:${'0'.repeat(64)}`],
  ])('is made of %s where the settings say so', (_what, identity, expected) => {
    const message = heldMessage({
      messageId: undefined,
      correlationId: 'c-7',
      properties: { orderId: '42' },
      bodySha256: () => '0'.repeat(64),
    });
    expect(identifyHeld(identity)(message)).toBe(expected);
  });

  it('does not hash a body that nobody asks for', () => {
    const bodySha256 = () => {
      throw new TypeError('hashed');
    };
    expect(byMessageId(heldMessage({ bodySha256 }))).toBe('ID:m1');
  });

  it('does not hide an error of another kind', () => {
    const bodySha256 = () => {
      throw new TypeError('broken');
    };
    expect(() => identifyHeld({ from: 'body-hash' })(heldMessage({ bodySha256 }))).toThrow('broken');
  });
});
