/** The record that a run holds the consumers of a pair in a Region; it stays until they are released, whatever becomes of the run. */
export interface ConsumerHold {
  readonly region: string;
  /** ARN of the root execution that asked for them to be held. */
  readonly executionArn: string;
  /** Milliseconds since the Unix epoch. */
  readonly heldAtMs: number;
  /** Since when the Region's broker has been read as a primary that runs, while they were held. */
  readonly servingSinceMs?: number;
  /** `releasing` the schedule is letting them go on · `overdue` operators were notified that they are still held. */
  readonly reported?: 'releasing' | 'overdue';
}
