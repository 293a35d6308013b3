import { leaseSkewMs } from './lease.ts';

/** What tells whether a record is about a message. Times are milliseconds since the Unix epoch. */
interface RecordTimes {
  /** When the side effect was complete, by the consumer's clock. */
  readonly atMs: number;
  /** When the producer had made the message that was processed, by the producer's clock; undefined where it did not say. */
  readonly createdAtMs?: number | undefined;
}

/**
 * Whether a record under a message's id is about this message. Ids do repeat: a process that is started from an image
 * begins with the ids that it had before, and AMQP clients choose theirs. The same message says the same creation time to
 * everybody who gets it. Where the record does not know it, a message that was made after the record is another one.
 *
 * @param createdAtMs when the message was made; undefined where it does not say, and then the record counts
 */
export const provesProcessed = (record: RecordTimes, createdAtMs: number | undefined): boolean => {
  if (createdAtMs === undefined) return true;
  if (record.createdAtMs !== undefined) return record.createdAtMs === createdAtMs;
  return createdAtMs <= record.atMs + leaseSkewMs;
};
