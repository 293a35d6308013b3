import { clockSkewSeconds } from '../control/guards.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { provesProcessed } from '../ledger/proves-processed.ts';

/**
 * What the ledger says about a message that lies in a queue: `processed` took effect, a second delivery would repeat it
 * · `unprocessed` did not · `uncertain` nobody can tell · `expired` is past its time, the broker's to drop.
 */
export const messageClasses = ['processed', 'unprocessed', 'uncertain', 'expired'] as const;

export type MessageClass = (typeof messageClasses)[number];

/** Why a message is in its class; a closed set, so that reports can be counted by it. */
export type ClassReason =
  | 'processed-once'
  | 'processed-in-both-regions'
  | 'processed-twice'
  | 'past-expiry'
  | 'absent-in-both-regions'
  | 'no-message-identity'
  | 'undecodable'
  | 'scheduled-over-amqp'
  | 'record-of-another-message'
  | 'claimed-without-proof'
  | 'other-region-unreachable'
  | 'older-than-ledger'
  | 'age-unknown';

export interface Classified {
  readonly class: MessageClass;
  readonly reason: ClassReason;
}

/** What is known about one message. Times are milliseconds since the Unix epoch. */
export interface MessageFacts {
  /** What the ledger holds; undefined for a message without an identity. */
  readonly entry: LedgerEntry | undefined;
  /** When the producer made it, by the producer's clock; undefined when the message does not say. */
  readonly createdAtMs: number | undefined;
  /** Whether nothing of it could be read. */
  readonly undecodable?: boolean;
  /**
   * Whether the broker's scheduler made it of an AMQP client's message: other clients see an id that AMQP does not show.
   */
  readonly scheduled?: boolean;
  /** When it ceases to matter; undefined for one that never does. */
  readonly expiresAtMs: number | undefined;
}

/** The interval in which the absence of an item proves something. */
export interface LedgerSpan {
  /** When every consumer had begun to write to the ledger. */
  readonly startMs: number;
  /** How long the ledger keeps an item, in seconds. */
  readonly retentionSeconds: number;
}

/** What the ledger holds of this message, and not of another one with its id. */
export const proofsOf = (entry: LedgerEntry | undefined, createdAtMs: number | undefined): LedgerEntry['processed'] =>
  (entry?.processed ?? []).filter((record) => provesProcessed(record, createdAtMs));

/** Two records of one Region are a consumer's that had lost its claim to another meanwhile. */
const processedReason = (records: LedgerEntry['processed']): ClassReason => {
  if (records.length < 2) return 'processed-once';
  return new Set(records.map(({ region }) => region)).size > 1 ? 'processed-in-both-regions' : 'processed-twice';
};

/** Whether a message took effect more than once. */
export const isDuplicate = (reason: ClassReason): boolean =>
  reason === 'processed-in-both-regions' || reason === 'processed-twice';

/**
 * Classifies one message. A proof of processing outweighs everything else; absence proves something only where both
 * Regions were read, no claim is left, and the ledger was there all the message's life. Everything unknown is
 * `uncertain`, which is left alone.
 */
export const classifyMessage = (
  { entry, createdAtMs, expiresAtMs, undecodable = false, scheduled = false }: MessageFacts,
  { startMs, retentionSeconds }: LedgerSpan,
  nowMs: number,
): Classified => {
  const proofs = proofsOf(entry, createdAtMs);
  if (proofs.length > 0) return { class: 'processed', reason: processedReason(proofs) };
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) return { class: 'expired', reason: 'past-expiry' };
  const uncertain = (reason: ClassReason): Classified => ({ class: 'uncertain', reason });
  if (undecodable) return uncertain('undecodable');
  if (entry === undefined) return uncertain('no-message-identity');
  // Whose record it is nobody can tell from here: the producer repeats its ids.
  if (entry.processed.length > 0) return uncertain('record-of-another-message');
  // A claim that was given up is removed by its owner: one that stands may have been followed by the side effect.
  if (entry.claims.length > 0) return uncertain('claimed-without-proof');
  if (entry.otherRegion !== 'read') return uncertain('other-region-unreachable');
  if (scheduled) return uncertain('scheduled-over-amqp');
  if (createdAtMs === undefined) return uncertain('age-unknown');
  // The producer's clock and the consumers' may differ.
  const skewMs = clockSkewSeconds * 1_000;
  const oldestMs = Math.max(startMs, nowMs - retentionSeconds * 1_000) + skewMs;
  return createdAtMs < oldestMs
    ? uncertain('older-than-ledger')
    : { class: 'unprocessed', reason: 'absent-in-both-regions' };
};
