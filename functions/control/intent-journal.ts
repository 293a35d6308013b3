import type { Clock } from '../runtime/clock.ts';
import { decisionId } from './decision-id.ts';
import type { FinalCheck } from './final-check.ts';
import type { WriteJournal } from './guarded-write.ts';
import type { Intent, IntentEnd, IntentReader } from './intent.ts';

/** The intent records of pairs, as `ControlTable` keeps them. */
export interface IntentRecords extends IntentReader {
  openIntent(intent: Intent): Promise<void>;
  markIssued(intent: Intent): Promise<void>;
  settleIntent(intent: Intent, settledAs: IntentEnd): Promise<void>;
}

/** What every writer of a pair takes in addition to its own ports. */
export interface PairWritePorts {
  readonly control: IntentRecords;
  readonly clock: Pick<Clock, 'nowMs' | 'sleepMs'>;
  readonly finalCheck: FinalCheck;
}

/**
 * How long after an unconfirmed call a broker that shows no effect counts as not having been asked, in milliseconds. State
 * and pending mode change with the call; a minute leaves room for a slow answer (8 s) and a stale read.
 */
export const settleMs = 60_000;

/**
 * How soon the effect of a call to Amazon MQ shows that was answered with an error, in milliseconds. State and pending
 * mode change with the call, a switchover closes the primary within milliseconds, and a failover has exchanged the roles
 * within three seconds (docs/amazon-mq.md 13, rows 10 and 13). With a call of up to 10 s it fits into a 20 s function.
 */
export const showsWithinMs = 5_000;

/** What an intent says of the write that it precedes. */
export interface IntendedWrite extends Pick<Intent, 'subject' | 'mode'> {
  /** The decision that the write carries out; by default it follows from verb, subject and sequence. */
  readonly decision?: string;
}

/** The journal of one operation of a pair. `verb` is the workflow's word for it, a part of the decision. */
export const intentJournal = (
  { control, clock }: Pick<PairWritePorts, 'control'> & { readonly clock: { nowMs(): number } },
  { verb, ...kind }: Pick<Intent, 'pair' | 'operation' | 'executionArn'> & { readonly verb: string },
): WriteJournal<IntendedWrite, Intent> => ({
  newest: () => control.readIntent(kind.pair, kind.operation),
  open: async ({ subject, mode, decision }, newest) => {
    const sequence = (newest?.sequence ?? 0) + 1;
    const intent: Intent = {
      ...kind,
      sequence,
      ...(mode && { mode }),
      decision: decision ?? decisionId(verb, kind.pair, subject, String(sequence)),
      subject,
      status: 'issuing',
      openedAtMs: clock.nowMs(),
    };
    await control.openIntent(intent);
    return intent;
  },
  markIssued: (intent) => control.markIssued(intent),
  settle: (intent, settledAs) => control.settleIntent(intent, settledAs),
});
