/** What names one message in the ledger, whatever protocol it came by. */
export interface MessageKey {
  /** Name of the broker pair. */
  readonly pair: string;
  /** Canonical destination: a queue's name as the broker knows it, or `topic://<name>?subscription=<subscription>`. */
  readonly destination: string;
  /** Canonical message id (see `message-id.ts`), of any length and with any characters. */
  readonly id: string;
}

/** A message that is to be claimed. */
export interface ClaimableMessage extends MessageKey {
  /**
   * When its producer made it, in milliseconds since the Unix epoch; undefined where it does not say. Tells it from an
   * older message with the same id.
   */
  readonly createdAtMs?: number | undefined;
}

/** One recorded side effect of a message. Two of them for one message are a duplicate: it took effect twice. */
export interface ProcessedRecord {
  /** Region whose consumer recorded it. */
  readonly region: string;
  /** When its side effect was complete, in milliseconds since the Unix epoch, by the consumer's clock. */
  readonly atMs: number;
  /** Name of the consumer that processed it. */
  readonly by: string;
  /**
   * When the producer had made the message that was processed, in milliseconds since the Unix epoch by the producer's
   * clock; undefined where the message did not say. Ids repeat: see `provesProcessed`.
   */
  readonly createdAtMs?: number | undefined;
}

/**
 * A consumer had (or has) the message in flight and did not release it. Without a `ProcessedRecord` nobody knows
 * whether its side effect happened. Claims that their owner abandoned are not listed: nothing happened under them.
 */
export interface ClaimRecord {
  readonly region: string;
  /** Who holds it: unique to one run of one consumer. */
  readonly owner: string;
  /** The owner may act until then, in milliseconds since the Unix epoch by its own clock. */
  readonly leaseUntilMs: number;
  /** When it was taken, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** How often the message has been claimed in this Region. */
  readonly attempt: number;
  /** How many earlier claims ran out without an end: under each of them the side effect may have happened. */
  readonly takenOver: number;
}

/** What the ledger knows of one message. */
export interface LedgerEntry {
  readonly key: MessageKey;
  readonly processed: readonly ProcessedRecord[];
  readonly claims: readonly ClaimRecord[];
  /**
   * Whether the other Region's own items were read where they are authoritative. If not, `processed` and `claims`
   * hold what has been replicated from it, which proves presence but never absence.
   */
  readonly otherRegion: 'read' | 'unreachable';
}

/** Reads entries of the ledger. */
export interface LedgerLookup {
  /**
   * One entry for each key, in the order of the keys, also for messages that the ledger has never seen.
   *
   * @throws ServiceUnavailable, AccessDenied, NotFound when this Region's own items cannot be read
   */
  lookup(keys: readonly MessageKey[]): Promise<readonly LedgerEntry[]>;
}
