/** Writes that are preceded by an intent record. */
export const intentOperations = ['CreateBroker', 'RebootBroker', 'Promote', 'UpdateBroker', 'DeleteBroker'] as const;

export type IntentOperation = (typeof intentOperations)[number];

/**
 * The record of a write about to be made, so that a later attempt knows about an earlier one:
 * `issuing` before the call, `issued` once the service confirmed it, `settled` when its effect was observed (or that
 * it has none). There is one record for each pair and operation; the next one follows only a settled one.
 */
export interface Intent {
  readonly pair: string;
  readonly operation: IntentOperation;
  /** Counts the intents of this pair and operation, from 1. */
  readonly sequence: number;
  /** Mode of a promotion; absent for other writes. */
  readonly mode?: 'SWITCHOVER' | 'FAILOVER';
  /** The decision that the write carries out; see `decision-id.ts`. */
  readonly decision: string;
  /** Id of the broker that the write is addressed to; the name for a creation. */
  readonly subject: string;
  readonly status: 'issuing' | 'issued' | 'settled';
  /** How it ended; only with status `settled`. */
  readonly settledAs?: IntentEnd;
  readonly executionArn: string;
  /** When it was opened, in milliseconds since the Unix epoch. */
  readonly openedAtMs: number;
}

/** Reads the newest intent of a pair for an operation; errors are those of the Control table. */
export interface IntentReader {
  readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined>;
}

/**
 * `effective`: its effect was seen · `rejected`: the service refused · `not-effective`: observed to have no effect ·
 * `superseded`: a failover interrupted a switchover.
 */
export const intentEnds = ['effective', 'rejected', 'not-effective', 'superseded'] as const;

export type IntentEnd = (typeof intentEnds)[number];

/** Whether an earlier write may still be under way. */
export const isOpen = <I extends Pick<Intent, 'status'>>(intent: I | undefined): intent is I =>
  intent !== undefined && intent.status !== 'settled';
