import { createHash } from 'node:crypto';
import { type AmqpMessageFacts, applicationProperty } from '../amqp/read-message.ts';
import type { HeldMessage } from './port.ts';

/**
 * A message as its visitor sees it.
 *
 * @param bytes as the broker sent them
 * @param arrivedAtMs milliseconds since the Unix epoch
 * @param bodyOf bytes of the body; undefined for one that is neither text nor bytes
 */
export const heldMessage = (
  bytes: Buffer,
  facts: AmqpMessageFacts,
  { position, arrivedAtMs }: { readonly position: number; readonly arrivedAtMs: number },
  bodyOf: (bytes: Buffer) => Uint8Array | undefined,
): HeldMessage => ({
  position,
  messageId: facts.messageId,
  correlationId: facts.correlationId,
  groupId: facts.groupId,
  createdAtMs: facts.createdAtMs,
  expiresAtMs: facts.expiresAtMs ?? (facts.timeToLiveMs === undefined ? undefined : arrivedAtMs + facts.timeToLiveMs),
  deliveryCount: facts.deliveryCount,
  bytes: bytes.length,
  property: (name) => applicationProperty(bytes, name),
  bodySha256: () => {
    const body = bodyOf(bytes);
    return body === undefined ? undefined : createHash('sha256').update(body).digest('hex');
  },
});
