import { findIdentity, type MessageIdentity } from '../ledger/identify-message.ts';
import { canonicalAmqpCorrelationId, canonicalAmqpId } from '../ledger/message-id.ts';
import { MessageUnidentifiable } from '../runtime/errors.ts';
import type { HeldMessage } from './queue-scan/port.ts';

/**
 * How the ledger knows a message that a scan holds. Undefined for one that lacks what the identity is made of, and for
 * one whose id cannot be trusted: nothing in the ledger is about it.
 */
export const identifyHeld =
  (identity: MessageIdentity) =>
  (message: HeldMessage): string | undefined => {
    if (message.undecodable === true) return undefined;
    try {
      return findIdentity(
        {
          messageId: message.scheduled === 'repeatedly' ? undefined : canonicalAmqpId(message.messageId),
          correlationId: canonicalAmqpCorrelationId(message.correlationId),
          property: (name) => message.property(name),
          bodySha256: () => message.bodySha256(),
        },
        identity,
      );
    } catch (error) {
      if (error instanceof MessageUnidentifiable) return undefined;
      throw error;
    }
  };
