import { createHash } from 'node:crypto';
import { type AmqpMessageFacts, applicationProperty } from '../amqp/read-message.ts';
import type { HeldMessage } from './port.ts';

/**
 * A message as its visitor sees it.
 *
 * @param bytes as the broker sent them
 * @param facts undefined where the bytes are no message
 * @param arrivedAtMs milliseconds since the Unix epoch
 * @param bodyOf bytes of the body; undefined for one that is neither text nor bytes
 */
export const heldMessage = (
  bytes: Buffer,
  facts: AmqpMessageFacts | undefined,
  { position, arrivedAtMs }: { readonly position: number; readonly arrivedAtMs: number },
  bodyOf: (bytes: Buffer) => Uint8Array | undefined,
): HeldMessage => ({
  ...(facts === undefined ? unreadable : readable(facts, arrivedAtMs)),
  position,
  bytes: bytes.length,
  property: (name) => ifReadable(() => applicationProperty(bytes, name)),
  bodySha256: () => {
    const body = ifReadable(() => bodyOf(bytes));
    return body === undefined ? undefined : createHash('sha256').update(body).digest('hex');
  },
});

/** A part of a message that cannot be read is like one that it lacks: one message must not stop the others. */
const ifReadable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

type ReadFields = Omit<HeldMessage, 'position' | 'bytes' | 'property' | 'bodySha256'>;

/** What is known of bytes that are no message of AMQP 1.0: nothing. */
const unreadable: ReadFields = {
  undecodable: true,
  messageId: undefined,
  correlationId: undefined,
  groupId: undefined,
  createdAtMs: undefined,
  expiresAtMs: undefined,
  deliveryCount: 0,
};

const readable = (facts: AmqpMessageFacts, arrivedAtMs: number): ReadFields => ({
  messageId: facts.messageId,
  correlationId: facts.correlationId,
  groupId: facts.groupId,
  // The protocols write 0 for a time that nobody set.
  createdAtMs: facts.createdAtMs === 0 ? undefined : facts.createdAtMs,
  expiresAtMs: facts.expiresAtMs ?? (facts.timeToLiveMs === undefined ? undefined : arrivedAtMs + facts.timeToLiveMs),
  deliveryCount: facts.deliveryCount,
  ...(facts.scheduled !== undefined && { scheduled: facts.scheduled }),
});
