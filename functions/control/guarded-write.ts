import type { WriteOutcome } from '../aws/write-outcome.ts';
import type { Clock } from '../runtime/clock.ts';
import { OutcomeUnknown } from '../runtime/errors.ts';
import { type Assessment, joined, type PlannedWrite } from '../runtime/finding.ts';
import type { FinalCheck } from './final-check.ts';
import { type Intent, type IntentEnd, isOpen } from './intent.ts';

/** What observation says about an intent that is open. */
interface OpenIntent {
  /** How it ended. Absent, its age counts: a young one may still take effect, an old one has not. */
  readonly openEnded?: IntentEnd | undefined;
}

/** A write that is due, with everything that its call needs. */
interface DueWrite<W> extends OpenIntent {
  readonly write: W;
  readonly plannedWrites: readonly PlannedWrite[];
}

/**
 * What a capability decides, purely, from what it has read: `done` nothing is left to write · `wait` nobody can tell
 * yet · `refused` something speaks against the write · `write` it is due.
 */
export type WriteStep<D, W> =
  | {
      readonly step: 'done';
      readonly result: D;
      /** How an open intent ended; absent where a later state of the workflow settles it. */
      readonly openEnded?: IntentEnd;
      /** What a dry run answers instead; by default that it would write nothing. */
      readonly inDryRun?: WriteResult<D>;
    }
  | { readonly step: 'wait'; readonly because: string }
  | ({ readonly step: 'refused' } & Assessment & OpenIntent)
  | ({ readonly step: 'write'; readonly warnings: Assessment['warnings'] } & DueWrite<W>);

/** A write that is due, or refused where its gates speak against it. */
export const dueUnless = <W>({ blockers, warnings }: Assessment, due: DueWrite<W>): WriteStep<never, W> =>
  blockers.length > 0
    ? { step: 'refused', blockers, warnings, openEnded: due.openEnded }
    : { step: 'write', warnings, ...due };

/** The outcome of a guarded write: the capability's own, or one that all writers share. */
export type WriteResult<D> =
  | D
  | { readonly outcome: 'dry-run'; readonly plannedWrites: readonly PlannedWrite[] }
  | ({ readonly outcome: 'refused' } & Assessment);

/** The records of one kind of write; see ADR 0006. */
export interface WriteJournal<W, I> {
  newest(): Promise<I | undefined>;
  /** Opens the record that follows on the newest one. @throws ControlConflict when another run did so first */
  open(write: W, newest: I | undefined): Promise<I>;
  markIssued(record: I): Promise<void>;
  settle(record: I, settledAs: IntentEnd): Promise<void>;
}

/** One write of a capability; `guardedWrite` decides in which order its parts are asked. */
export interface GuardedWrite<D, W, I, A> {
  /** What is written, for messages: `RebootBroker of orders`. */
  readonly name: string;
  readonly dryRun: boolean;
  readonly ports: { readonly clock: Pick<Clock, 'nowMs' | 'sleepMs'>; readonly finalCheck: FinalCheck };
  /** Absent when a person overrides the table: then the observed state alone keeps a second call from being made. */
  readonly journal: WriteJournal<NoInfer<W>, I> | undefined;
  /** How long after an unconfirmed call its effect may still show, in milliseconds; absent where `decide` judges that. */
  readonly settleMs?: number;
  /** Reads what the decision depends on and decides. The newest intent was read before: what happened since conflicts. */
  readonly decide: (newest: I | undefined) => Promise<WriteStep<D, W>>;
  /** Takes the lock, where no state of the workflow did. @throws OutcomeUnknown when another run has taken it meanwhile */
  readonly takeLock?: () => Promise<void>;
  /** What the decision rests on, read once more with each final check: what speaks against the write by now. */
  readonly finalEvidence?: (write: W) => Promise<Assessment['blockers']>;
  /**
   * How soon the effect of a call would show that was answered with an error, in milliseconds: an answer is not an
   * outcome, so it is looked for before the call counts as rejected. Absent where a later state reads it back.
   */
  readonly showsWithinMs?: number;
  /** The one call. It rejects where the service says that it did not act. */
  readonly call: (write: W) => Promise<WriteOutcome<A>>;
  readonly written: (answer: A, write: W) => D;
}

/**
 * Makes one write, at most once for one decision, in the order of ADR 0025: read the newest intent, then everything else ·
 * nothing left to write · too early to tell · final check, and all reasons against it · dry run · lock · intent ·
 * final check again · the call · note the answer, an error only when no effect shows.
 *
 * @throws OutcomeUnknown when it is too early to tell, or the call got no answer: its intent stays open for observation
 * @throws LockLost when another run holds the lock by now; nothing is undone
 * @throws ControlConflict when another run writes at the same time
 * @throws what the ports throw; where the service rejected the call and it shows no effect, its intent is settled first
 */
export const guardedWrite = async <D, W, I extends Pick<Intent, 'status' | 'openedAtMs'>, A>(
  asked: GuardedWrite<D, W, I, A>,
): Promise<WriteResult<D>> => {
  const { name, dryRun, journal, ports } = asked;
  const newest = await journal?.newest();
  const open = isOpen(newest) ? newest : undefined;
  const decided = await asked.decide(newest);
  if (decided.step === 'done') {
    if (dryRun) return decided.inDryRun ?? { outcome: 'dry-run', plannedWrites: [] };
    if (open !== undefined && decided.openEnded !== undefined) await journal?.settle(open, decided.openEnded);
    return decided.result;
  }
  if (decided.step === 'wait') throw new OutcomeUnknown(`${name}: ${decided.because}; checking again`);
  if (open !== undefined && decided.openEnded === undefined && asked.settleMs !== undefined) {
    const ageMs = ports.clock.nowMs() - open.openedAtMs;
    if (ageMs < asked.settleMs) {
      throw new OutcomeUnknown(`${name} was requested ${ageMs} ms ago and is not visible yet; checking again`);
    }
  }

  if (decided.step === 'refused') return { outcome: 'refused', ...joined(decided, await ports.finalCheck()) };
  const { write, warnings } = decided;
  const check: FinalCheck = async () => {
    const guards = await ports.finalCheck();
    return joined({ blockers: (await asked.finalEvidence?.(write)) ?? [], warnings }, guards);
  };
  const checked = await check();
  if (checked.blockers.length > 0) return { outcome: 'refused', ...checked };
  if (dryRun) return { outcome: 'dry-run', plannedWrites: decided.plannedWrites };
  await asked.takeLock?.();
  if (journal === undefined) {
    const called = await callOnce(asked, write);
    return 'seen' in called ? called.seen : asked.written(answerOf(name, called), write);
  }
  if (open !== undefined) await journal.settle(open, decided.openEnded ?? 'not-effective');
  const record = await journal.open(write, newest);
  // A record that cannot be closed stays open, and the next attempt observes before it acts.
  const close = (settledAs: IntentEnd): Promise<void> => journal.settle(record, settledAs).catch(() => {});
  const closing = (settledAs: IntentEnd) => async (error: unknown) => {
    await close(settledAs);
    throw error;
  };
  // Recording may take seconds, in which a lock is lost or a freeze comes.
  const late = await check().catch(closing('not-effective'));
  if (late.blockers.length > 0) {
    await close('not-effective');
    return { outcome: 'refused', ...late };
  }
  const called = await callOnce(asked, write, record).catch(async (error: unknown) => {
    if (!(error instanceof OutcomeUnknown)) await close('rejected');
    throw error;
  });
  if ('seen' in called) {
    if (called.openEnded !== undefined) await close(called.openEnded);
    return called.seen;
  }
  const answer = answerOf(name, called);
  await journal.markIssued(record);
  return asked.written(answer, write);
};

/** How often the effect of a call that was answered with an error is looked for, in milliseconds. */
const lookAgainMs = 2_500;

/**
 * Calls once. After an error the capability decides anew, as the next attempt would: with nothing left to write the
 * call has had its effect, with the write still due it has had none, and with a gate closed by now nobody knows.
 *
 * @throws OutcomeUnknown when nobody knows, and the error of a call that shows no effect
 */
const callOnce = async <D, W, I extends Pick<Intent, 'status' | 'openedAtMs'>, A>(
  { name, ports: { clock }, showsWithinMs, decide, call }: GuardedWrite<D, W, I, A>,
  write: W,
  record?: I,
): Promise<WriteOutcome<A> | { readonly seen: D; readonly openEnded: IntentEnd | undefined }> => {
  try {
    return await call(write);
  } catch (error) {
    if (showsWithinMs === undefined) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const unknown = (what: string): OutcomeUnknown =>
      new OutcomeUnknown(
        `${name} was answered with an error (${said}), and ${what}; checking again`,
        {},
        { cause: error },
      );
    const untilMs = clock.nowMs() + showsWithinMs;
    for (;;) {
      await clock.sleepMs(lookAgainMs);
      const found = await decide(record).catch((failed: unknown) => {
        throw unknown(`what it changed cannot be read (${failed instanceof Error ? failed.message : String(failed)})`);
      });
      if (found.step === 'done') return { seen: found.result, openEnded: found.openEnded };
      if (clock.nowMs() < untilMs) continue;
      // Still due, or not to be seen in the time in which it shows: the service has told the truth.
      if (found.step !== 'refused') throw error;
      throw unknown('it cannot be told whether it took effect');
    }
  }
};

const answerOf = <A>(name: string, called: WriteOutcome<A>): A => {
  if (called.outcome === 'done') return called.answer;
  throw new OutcomeUnknown(`${name} got no answer (${called.reason}); checking before another attempt`);
};
