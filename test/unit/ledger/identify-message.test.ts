import { describe, expect, it } from 'vitest';
import {
  findIdentity,
  type IdentifiableMessage,
  identifyMessage,
  type MessageIdentity,
  parseIdentity,
} from '../../../functions/ledger/identify-message.ts';

const message: IdentifiableMessage = {
  messageId: 'ID:abc',
  correlationId: 'ID:abc',
  property: (name) => (name === 'orderId' ? 'ID:abc' : undefined),
  bodySha256: () => 'a'.repeat(64),
};
const bare: IdentifiableMessage = {
  messageId: undefined,
  correlationId: undefined,
  property: () => '',
  bodySha256: () => undefined,
};

const identities: readonly (readonly [MessageIdentity, string, string])[] = [
  [{ from: 'message-id' }, 'ID:abc', 'has no message-id'],
  [{ from: 'correlation-id' }, 'correlation:ID:abc', 'has no correlation-id'],
  [{ from: 'property', property: 'orderId' }, 'property:orderId=ID:abc', 'lacks the application property'],
  [{ from: 'body-hash' }, `sha256:${'a'.repeat(64)}`, 'neither text nor bytes'],
];

describe('the identity of a message', () => {
  it.each(identities)('by %j is %s, which no other kind of identity gives', (identity, id) => {
    expect(identifyMessage(message, identity, 'orders')).toBe(id);
  });

  it.each(identities)('by %j is undefined, or a named error, for a message that lacks it', (identity, _, reason) => {
    expect(findIdentity(bare, identity)).toBeUndefined();
    expect(() => identifyMessage(bare, identity, 'orders')).toThrow(
      expect.objectContaining({
        name: 'MessageUnidentifiable',
        message: expect.stringContaining(reason),
        details: expect.objectContaining({ destination: 'orders', identity }),
      }),
    );
  });

  it('is rejected for an unknown source, with the nearest one', () => {
    const identity = { from: 'mesage-id' } as unknown as MessageIdentity;
    expect(() => parseIdentity(identity)).toThrow(
      expect.objectContaining({ name: 'InvalidConfiguration', message: expect.stringContaining('"message-id"') }),
    );
  });

  it('is rejected for a property without a name', () => {
    for (const property of ['', undefined]) {
      const identity = { from: 'property', property } as MessageIdentity;
      expect(() => parseIdentity(identity)).toThrow(
        expect.objectContaining({
          name: 'InvalidConfiguration',
          message: expect.stringContaining('identity.property'),
        }),
      );
    }
  });
});
