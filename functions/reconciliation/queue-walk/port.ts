/**
 * A message-id or correlation-id as AMQP carries it: text, unsigned long, UUID or bytes. Bytes without a word on their
 * type come from clients that do not tell UUIDs from other bytes.
 */
export type AmqpId =
  | string
  | number
  | bigint
  | Uint8Array
  | { readonly uuid: Uint8Array }
  | { readonly binary: Uint8Array };

/** A message as the walk holds it; nobody else gets it meanwhile. Times are milliseconds since the Unix epoch. */
export interface HeldMessage {
  /** Place in the queue, from 0. */
  readonly position: number;
  /** As the broker sends it; undefined for a message without one. */
  readonly messageId: AmqpId | undefined;
  readonly correlationId: AmqpId | undefined;
  readonly groupId: string | undefined;
  readonly createdAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
  /** Deliveries before this one, as the broker counts them. */
  readonly deliveryCount: number;
  /** Size of the raw message. */
  readonly bytes: number;
  /** An application property as text; undefined for a message without it. Only while the message is being judged. */
  property(name: string): string | undefined;
  /**
   * SHA-256 of the body's bytes (a text's in UTF-8), 64 hexadecimal digits; undefined for a body that is neither text nor
   * bytes. Only while the message is being judged.
   */
  bodySha256(): string | undefined;
}

/** `remove`: to the quarantine and out of the queue; `keep`: left in place. */
export type WalkVerdict = 'keep' | 'remove';

export interface WalkOptions {
  /** Queue that gets a copy of what is removed, before it is; nothing may be removed without. */
  readonly quarantine?: string;
  /** Reading and removing ends then, with what there is, in milliseconds since the Unix epoch; letting go takes longer. */
  readonly deadlineMs: number;
}

/** What a walk did. */
export interface WalkSummary {
  /** Messages that were held, each once. */
  readonly seen: number;
  readonly removed: number;
  /** Whether the end of what the broker offers was reached; what other consumers hold it offers nobody. */
  readonly complete: boolean;
  /** Why it was not, or what else a person must know; empty for a walk without anything remarkable. */
  readonly remarks: readonly string[];
  /** The highest delivery count of a message before the walk, and the highest that it leaves behind. */
  readonly deliveries: { readonly before: number; readonly after: number };
}

/** Goes through a queue in order without changing it, but for what its visitor judges to be removed. */
export interface QueueWalk {
  /**
   * Hands every message of the queue to `visit`, in order and in batches of at most 100; what is judged `remove` is
   * copied to the quarantine and consumed, everything else is left where it was, whatever happens. While `visit` looks
   * one batch up it may be called with the next ones, so that the queue is not read slower than the ledger.
   *
   * @throws what `visit` throws, after everything held was let go; ServiceUnavailable when the broker is lost,
   * AccessDenied for credentials that it refuses, NotFound for a queue that it does not have
   */
  walk(
    queue: string,
    options: WalkOptions,
    visit: (batch: readonly HeldMessage[]) => Promise<readonly WalkVerdict[]>,
  ): Promise<WalkSummary>;
}
