import * as z from 'zod';

const durationMs = z.number().nonnegative();
const periodMs = z.number().positive();

/**
 * How a pair replicates; anything left out is as observed. Sources: docs/amazon-mq.md section 12 (the plugin's own
 * defaults) and section 13 (observed runs).
 */
export const crdrSettingsSchema = z.strictObject({
  /** How often the primary sends what has gathered. Plugin default 5 s. */
  sourceBatchPeriodMs: periodMs.default(5_000),
  /** How often the replica acknowledges what it has processed. Plugin default 5 s. */
  replicaAckPeriodMs: periodMs.default(5_000),
  /**
   * How long after the primary's batches the replica's acknowledgements leave: two hosts' timers, so any part of the
   * period. Left out, the pair draws it anew each time replication starts.
   */
  ackOffsetMs: durationMs.optional(),
  /** Plugin default 500 messages. */
  maxBatchEvents: z.int().positive().default(500),
  /** Plugin default 5 MB. */
  maxBatchBytes: z.int().positive().default(5_000_000),
  /** Plugin default 60 s. */
  heartbeatPeriodMs: periodMs.default(60_000),
  /** Chosen: a pair of this rate reproduces row 13 (2,000 messages, open after 8.65 s). 0 carries nothing. */
  linkEventsPerSecond: z.number().nonnegative().default(1_000),
  /** One way; chosen: about what lies between us-east-1 and us-west-2. */
  linkLatencyMs: durationMs.default(35),
  /** From both brokers being ready to the first batch. Row 11: replication starts within 8 s. */
  linkStartMs: durationMs.default(5_000),
  /** From becoming primary to listening. Row 10: serves within 3 s. */
  promotionMs: durationMs.default(2_500),
  /**
   * After a failover, how long the old primary is reachable before the service tells it to be a replica. AWS does not
   * say (section 15); `manual` leaves it to `tellOldPrimary`.
   */
  tellOldPrimaryAfterMs: z.union([durationMs, z.literal('manual')]).default(30_000),
});

/** Settings as they may be given. */
export type CrdrSettingsInput = z.input<typeof crdrSettingsSchema>;

/** Settings with every default filled in. */
export type CrdrSettings = z.output<typeof crdrSettingsSchema>;
