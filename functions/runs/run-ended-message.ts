import { isAnything, type LeftBehind, subjectOfInput } from '../control/left-behind.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { parseObject } from '../runtime/parse-object.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { failedByChild, startAgain, stepRecovery } from './child-run.ts';
import { runUrgency } from './run-urgency.ts';

/** A run that ended, as its execution shows it. */
export interface EndedRun {
  readonly executionArn: string;
  readonly machine: string;
  readonly status: string;
  /** JSON text. */
  readonly input: string;
  /** JSON text of one that succeeded. */
  readonly output?: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Name of the run's own state that notified operators of its end, if one did. */
  readonly reportedBy: string | undefined;
  /** The run whose step it was; undefined for a run of its own. */
  readonly parent: { readonly executionArn: string; readonly status: string } | undefined;
}

/** A cause is a text of up to 32 KiB; a page needs its beginning. */
const shownCauseCharacters = 1_500;

const recoveryOf = (run: EndedRun): readonly string[] => {
  if (run.parent !== undefined) return [stepRecovery(run.machine, run.parent.executionArn)];
  return [
    'Any lock that it still held has been released.',
    run.status === 'FAILED'
      ? startAgain
      : 'Start a new run with the same input: it checks what has been done before it writes anything. A redrive would stop with LockLost.',
  ];
};

/** A step that was stopped together with its parent run: that run notifies operators, and has the promotion. */
const stoppedWithParent = ({ status, parent }: EndedRun): boolean =>
  status === 'ABORTED' && parent?.status === 'ABORTED';

interface Page {
  readonly subject: string;
  readonly message: string;
}

/** Outcomes after which a promotion has taken effect, as the run itself has seen. */
const promotedOutcomes: readonly unknown[] = ['SwitchedOver', 'FailedOver', 'Escalated'];

/** Whether a promotion that the run left open has taken effect: then only its record is left to close. */
export const hasPromoted = ({ status, output }: EndedRun): boolean =>
  status === 'SUCCEEDED' && promotedOutcomes.includes(parseObject(output).outcome);

const heldLines = ({ hold }: LeftBehind): readonly string[] =>
  hold === undefined
    ? []
    : [
        `It left the consumers in ${hold.region} held. The schedule of that Region releases them within minutes once their ` +
          'broker serves, and another page will say so.',
      ];

/** The page about a run that succeeded and did not give everything back. */
const endedWellMessage = (run: EndedRun, left: LeftBehind): Page | undefined => {
  if (!isAnything(left)) return undefined;
  const { pair, cluster } = subjectOfInput(run.input);
  const { outcome } = parseObject(run.output);
  const closed = hasPromoted(run) ? 'is closed now' : 'is still open, and is checked once a minute';
  return {
    subject: pageSubject('info', `${run.machine} of ${pair ?? cluster ?? '(not named)'} left something behind`),
    message: [
      `The ${run.machine} run ended well (${String(outcome ?? 'no outcome')}) and could not give everything back.`,
      ...left.lockedScopes.map((scope) => `Its lock of ${scope} has been released now.`),
      ...(left.promotion === undefined ? [] : [`The record of its promotion of ${left.promotion.subject} ${closed}.`]),
      ...heldLines(left),
      runbookLine('run-ended'),
      `Run: ${run.executionArn}`,
    ].join('\n'),
  };
};

/**
 * The page about a run that has ended, or undefined when operators have been notified already and there is nothing to add.
 */
export const runEndedMessage = (run: EndedRun, left: LeftBehind): Page | undefined => {
  if (run.status === 'SUCCEEDED') return endedWellMessage(run, left);
  if (stoppedWithParent(run)) return undefined;
  const { promotion: openPromotion, hold } = left;
  const told = run.reportedBy !== undefined || failedByChild(run);
  if (told && openPromotion === undefined && hold === undefined) return undefined;
  const { pair, cluster } = subjectOfInput(run.input);
  const about = pair ?? cluster ?? '(not named)';
  const promotion =
    openPromotion === undefined
      ? []
      : [
          `Its promotion of ${openPromotion.subject} (${openPromotion.mode ?? 'mode unknown'}) is still open: neither ` +
            'broker may be serving clients. It is checked once a minute, and another page will say how it ends.',
        ];
  const end = run.error === undefined ? run.status : `${run.status}, ${run.error}`;
  if (told) {
    const by = failedByChild(run) ? 'the child execution' : `its state ${run.reportedBy}`;
    return {
      subject:
        openPromotion === undefined
          ? pageSubject('now', `consumers of ${about} still held after its ${run.machine} run`)
          : pageSubject('now', `promotion of ${about} still open after its ${run.machine} run`),
      message: [
        `The ${run.machine} run of ${about} ended (${end}); ${by} has already paged about that.`,
        ...promotion,
        ...heldLines(left),
        runbookLine('promotion-open'),
        `Run: ${run.executionArn}`,
      ].join('\n'),
    };
  }
  return {
    subject: pageSubject(runUrgency(run.machine, run.error), `${run.machine} of ${about} ended: ${run.status}`),
    message: [
      `The ${run.machine} run of ${about} ended: ${end}. It could not send a page itself.`,
      (run.cause ?? 'No cause was given.').slice(0, shownCauseCharacters),
      ...promotion,
      ...heldLines(left),
      ...recoveryOf(run),
      runbookLine('run-ended'),
      `Run: ${run.executionArn}`,
    ].join('\n'),
  };
};
