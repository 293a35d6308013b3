import type { AmqpId } from '../../ledger/message-id.ts';

/** A message as the scan holds it; nobody else gets it meanwhile. Times are milliseconds since the Unix epoch. */
export interface HeldMessage {
  /** Place in the queue, from 0. */
  readonly position: number;
  /** Whether its bytes are no message of its protocol; nothing else is known of it then. */
  readonly undecodable?: boolean;
  /**
   * Whether the broker's scheduler made it of an AMQP client's message, so that other clients see another id: `once`, or
   * `repeatedly` with this id for every repetition.
   */
  readonly scheduled?: 'once' | 'repeatedly' | undefined;
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
export type ScanVerdict = 'keep' | 'remove';

export interface ScanOptions {
  /** Queue that gets a copy of what is removed, before it is; nothing may be removed without. */
  readonly quarantine?: string;
  /** Messages that were in the queue at the start, as the broker counts them; undefined where that is not known. */
  readonly sizeAtStart?: number | undefined;
  /** Reading and removing ends then, with what there is, in milliseconds since the Unix epoch; releasing takes longer. */
  readonly deadlineMs: number;
}

/** What a scan did. */
export interface ScanSummary {
  /** Messages that were held, each once. */
  readonly seen: number;
  readonly removed: number;
  /** Whether the end of what the broker offers was reached; what other consumers hold it offers nobody. */
  readonly complete: boolean;
  /** Why it was not, or what else an operator must know; empty for a scan without anything to note. */
  readonly notes: readonly string[];
  /** The highest delivery count of a message before the scan, and the highest that it leaves behind. */
  readonly deliveries: { readonly before: number; readonly after: number };
}

/** Reads a queue in order without changing it, except for the messages that its visitor removes (a repair). */
export interface QueueScan {
  /**
   * Hands every message of the queue to `visit`, in order and in batches of at most 100; what is judged `remove` is
   * copied to the quarantine and consumed, everything else is left where it was, whatever happens. While `visit` looks
   * up one batch it may be called with the next ones, so that the queue is not read slower than the ledger.
   *
   * @throws what `visit` throws, after everything held was released; ServiceUnavailable when the broker is lost,
   * AccessDenied for credentials that it refuses, and for a
   * queue that it keeps from this user, NotFound for one that it does not give; the details of both name the queue then
   */
  scan(
    queue: string,
    options: ScanOptions,
    visit: (batch: readonly HeldMessage[]) => Promise<readonly ScanVerdict[]>,
  ): Promise<ScanSummary>;
}
