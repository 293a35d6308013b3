import type { MessageKey, ProcessedRecord } from './ledger-entry.ts';

/** The outcome of claiming one message. Times are milliseconds since the Unix epoch. */
export type ClaimResult =
  | {
      /** The caller may process it until its lease ends, and then confirms or abandons it. */
      readonly status: 'claimed';
      readonly key: MessageKey;
      readonly leaseUntilMs: number;
      /** How often the message has been claimed in this Region. */
      readonly attempt: number;
    }
  | {
      /** It took effect before: acknowledge it, and do nothing else. */
      readonly status: 'processed';
      readonly key: MessageKey;
      readonly processed: readonly ProcessedRecord[];
    }
  | {
      /** Another consumer may be processing it: do not, and do not acknowledge it. */
      readonly status: 'elsewhere';
      readonly key: MessageKey;
      readonly owner: string;
      readonly leaseUntilMs: number;
      /** How often a consumer of this Region has been refused the message. */
      readonly refusals: number;
      /** When asking again may help, in milliseconds from now. */
      readonly retryAfterMs: number;
    }
  | {
      /** The same message as an earlier one of this call: its fate is that one's. */
      readonly status: 'repeated';
      readonly key: MessageKey;
    };

/** The outcome of one confirmation. */
export interface ConfirmResult {
  readonly key: MessageKey;
  /**
   * `confirmed`: recorded now · `already`: recorded before · `late`: recorded, but the claim had been lost meanwhile, so
   * the message may have taken effect twice · `not-claimed`: this ledger never claimed the message, nothing is recorded.
   */
  readonly status: 'confirmed' | 'already' | 'late' | 'not-claimed';
}

/** The outcome of one abandonment; `not-held` changes nothing, since the claim is over or its effect may have happened. */
export interface AbandonResult {
  readonly key: MessageKey;
  readonly status: 'abandoned' | 'not-held';
}
