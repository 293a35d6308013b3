import { InvalidConfiguration, MessageUnidentifiable } from '../runtime/errors.ts';
import { didYouMean } from '../runtime/nearest-name.ts';

/**
 * What makes two deliveries the same message. The consumers of a pair and its reconciliation must use the same.
 * `body-hash` takes messages with equal bodies for one message: only where every body is unique.
 */
export type MessageIdentity =
  | { readonly from: 'message-id' }
  | { readonly from: 'correlation-id' }
  | { readonly from: 'property'; readonly property: string }
  | { readonly from: 'body-hash' };

/** What any protocol tells of a message. */
export interface IdentifiableMessage {
  /** Canonical (see `message-id.ts`); undefined for a message without one. */
  readonly messageId: string | undefined;
  /** As JMS sees it; undefined for a message without one. */
  readonly correlationId: string | undefined;
  /** An application property as text; undefined for a message without it. */
  property(name: string): string | undefined;
  /** SHA-256 of the body's bytes, 64 hexadecimal digits; undefined for a body that is neither text nor bytes. */
  bodySha256(): string | undefined;
}

const sources: readonly MessageIdentity['from'][] = ['message-id', 'correlation-id', 'property', 'body-hash'];

/** @throws InvalidConfiguration for an unknown source, or a property without a name */
export const parseIdentity = (identity: MessageIdentity): MessageIdentity => {
  if (!sources.includes(identity.from)) {
    throw new InvalidConfiguration(
      `identity.from "${String(identity.from)}" is not a way to identify a message` +
        didYouMean(String(identity.from), sources),
      { found: identity.from, allowed: sources },
    );
  }
  if (identity.from === 'property' && (typeof identity.property !== 'string' || identity.property === '')) {
    throw new InvalidConfiguration('identity.from "property" needs identity.property, the name of the property', {
      identity,
    });
  }
  return identity;
};

/**
 * The canonical id of a message, or undefined when the message lacks what the identity is made of. Message-ids begin with
 * `ID:`; the others with their source, so that a table never takes one kind for another.
 *
 * @throws MessageUnidentifiable for an AMQP id that cannot be trusted
 */
export const findIdentity = (message: IdentifiableMessage, identity: MessageIdentity): string | undefined => {
  const labelled = (label: string, value: string | undefined): string | undefined =>
    value === undefined || value === '' ? undefined : `${label}${value}`;
  switch (identity.from) {
    case 'message-id':
      return message.messageId;
    case 'correlation-id':
      return labelled('correlation:', message.correlationId);
    case 'property':
      return labelled(`property:${identity.property}=`, message.property(identity.property));
    case 'body-hash':
      return labelled('sha256:', message.bodySha256());
  }
};

const lacking: Readonly<Record<MessageIdentity['from'], string>> = {
  'message-id': 'has no message-id; its producer must set one, or the ledger must identify messages otherwise',
  'correlation-id': 'has no correlation-id, by which the ledger is set to identify messages',
  property: 'lacks the application property by which the ledger is set to identify messages',
  'body-hash': 'has a body that is neither text nor bytes, so that no hash of it is the same for every protocol',
};

/**
 * The canonical id of a message.
 *
 * @throws MessageUnidentifiable when the message lacks what the identity is made of
 */
export const identifyMessage = (
  message: IdentifiableMessage,
  identity: MessageIdentity,
  destination: string,
): string => {
  const id = findIdentity(message, identity);
  if (id !== undefined) return id;
  throw new MessageUnidentifiable(`a message of ${destination} ${lacking[identity.from]}`, {
    destination,
    identity,
    messageId: message.messageId?.slice(0, 200),
  });
};
