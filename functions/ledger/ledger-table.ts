/** Where an item of the ledger stands: one message, and `P#<region>` or `C#<region>`. */
export interface LedgerItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** The name under which a reading lists an item. */
export const itemName = ({ pk, sk }: LedgerItemKey): string => `${sk} ${pk}`;

/** A side effect that happened; never changed and never deleted but by TTL. Times are milliseconds since the Unix epoch. */
export interface ProcessedItem {
  readonly kind: 'processed';
  readonly atMs: number;
  /** Name of the consumer. */
  readonly by: string;
  /** The run of the consumer that wrote it. */
  readonly owner: string;
  /** When the producer had made the message; undefined where the message did not say. */
  readonly createdAtMs?: number | undefined;
  /** Records of older messages that had the same id, the newest first. */
  readonly earlier?: readonly EarlierRecord[];
}

/** The record of another message with the same id. */
export type EarlierRecord = Omit<ProcessedItem, 'kind' | 'earlier'>;

/** A side effect whose consumer had lost its claim meanwhile: the message is processed, and may be so twice. */
export interface LateRecord {
  readonly atMs: number;
  readonly by: string;
  readonly owner: string;
  /** When the producer had made the message; undefined where the message did not say. */
  readonly createdAtMs?: number | undefined;
}

/** A claim that ran out: its owner was never heard of again. Times are milliseconds since the Unix epoch. */
export interface LostClaim {
  readonly owner: string;
  readonly atMs: number;
  readonly leaseUntilMs: number;
  /** When the claim that followed on it was taken. */
  readonly takenOverAtMs: number;
}

/** A claim and the history of the message's claims in one Region. Times are milliseconds since the Unix epoch. */
export interface ClaimItem {
  readonly kind: 'claim';
  /** Who took the newest claim; undefined while there was none. */
  readonly owner: string | undefined;
  readonly atMs: number;
  readonly leaseUntilMs: number;
  /** When its owner abandoned it; undefined while it stands. */
  readonly endedAtMs: number | undefined;
  /** Claims taken so far. */
  readonly attempt: number;
  /** Claims that ran out without an end and were taken over. */
  readonly takenOver: number;
  /** The newest of those. */
  readonly lost: LostClaim | undefined;
  /** Consumers that were refused the message because somebody else had claimed it. */
  readonly refusals: number;
  readonly late: readonly LateRecord[];
}

export type LedgerItem = ProcessedItem | ClaimItem;

/** A claim to be taken. */
export interface ClaimRequest {
  /** Unique to one run of one consumer. */
  readonly owner: string;
  readonly atMs: number;
  readonly leaseUntilMs: number;
  /** When TTL may delete the item, in seconds since the Unix epoch. */
  readonly expiresAtSeconds: number;
}

/** Which claim is meant: the owner's newest. */
export type ClaimIdentity = Pick<ClaimRequest, 'owner' | 'atMs'>;

/** A `P` item to be written. */
export interface ProcessedWrite {
  readonly key: LedgerItemKey;
  readonly item: Omit<ProcessedItem, 'kind'>;
  /** When TTL may delete the item, in seconds since the Unix epoch. */
  readonly expiresAtSeconds: number;
}

/** Reads one Region's replica of the ledger's table. */
export interface LedgerReader {
  readonly region: string;
  /**
   * The items that exist, by `itemName`, by consistent reads of this replica; any number of keys, each once.
   *
   * @throws ServiceUnavailable, AccessDenied, NotFound, UnexpectedAnswer
   */
  read(keys: readonly LedgerItemKey[]): Promise<ReadonlyMap<string, LedgerItem>>;
}

/**
 * One Region's replica of the ledger's table. Only consumers of this Region write through it, and only items of this
 * Region; each write is one call on one item (`putProcessed` on several) and its condition is part of it. A write that is
 * sent again after a lost answer does no harm. All methods throw what `read` throws.
 */
export interface LedgerTable extends LedgerReader {
  /** Takes a claim that nobody holds: none was taken, or the newest was abandoned. Undefined when somebody holds it. */
  takeFree(key: LedgerItemKey, claim: ClaimRequest): Promise<ClaimItem | undefined>;
  /** Takes a claim that stands, and whose lease ended before `expiredBeforeMs`. Undefined when that is not so. */
  takeOver(key: LedgerItemKey, claim: ClaimRequest, expiredBeforeMs: number): Promise<ClaimItem | undefined>;
  /** Counts that a consumer was refused, and tells by whose claim. */
  refuse(key: LedgerItemKey, expiresAtSeconds: number): Promise<ClaimItem>;
  /** Lets a claim's lease end later; false when the claim is not that owner's any more. */
  extend(key: LedgerItemKey, claim: ClaimRequest): Promise<boolean>;
  /** Abandons a claim; false when it is not that owner's any more. */
  end(key: LedgerItemKey, claim: ClaimIdentity, endedAtMs: number): Promise<boolean>;
  /** Records, in addition to the claims, a side effect whose consumer had lost its claim; each owner once. */
  recordLate(key: LedgerItemKey, late: LateRecord, expiresAtSeconds: number): Promise<void>;
  /**
   * Writes `P` items, unconditionally: only for messages whose claim the writer holds. No call is begun that may go on
   * after `untilMs`, in milliseconds since the Unix epoch.
   */
  putProcessed(writes: readonly ProcessedWrite[], untilMs: number): Promise<void>;
  /** Writes a `P` item unless there is one; gives the one that was there. */
  putProcessedOnce(write: ProcessedWrite): Promise<ProcessedItem | undefined>;
}
