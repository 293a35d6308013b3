import type { Intent } from '../control/intent.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { failedByChild, startAgain, stepRecovery } from './child-run.ts';
import { parseObject } from './parse-object.ts';
import { runUrgency } from './run-urgency.ts';

/** A run that ended without success, as its execution shows it. */
export interface EndedRun {
  readonly executionArn: string;
  readonly machine: string;
  readonly status: string;
  /** JSON text. */
  readonly input: string;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Name of the run's own state that notified operators of its end, if one did. */
  readonly reportedBy: string | undefined;
  /** The run whose step it was; undefined for a run of its own. */
  readonly parent: { readonly executionArn: string; readonly status: string } | undefined;
}

/** What the run was about: a pair or a cluster, when its input names one. */
export interface RunSubject {
  readonly pair?: string;
  readonly cluster?: string;
}

/** A cause is a text of up to 32 KiB; a page needs its beginning. */
const shownCauseCharacters = 1_500;

/** Pair and cluster that the run's input names; an input that was refused may name anything. */
export const subjectOfRun = (run: Pick<EndedRun, 'input'>): RunSubject => {
  const { pair, cluster } = parseObject(run.input);
  return {
    ...(typeof pair === 'string' && { pair }),
    ...(typeof cluster === 'string' && { cluster }),
  };
};

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

/**
 * The page about a run that failed, or undefined when operators have been notified already and there is nothing to add.
 */
export const runEndedMessage = (
  run: EndedRun,
  openPromotion: Intent | undefined,
): { readonly subject: string; readonly message: string } | undefined => {
  if (stoppedWithParent(run)) return undefined;
  const told = run.reportedBy !== undefined || failedByChild(run);
  if (told && openPromotion === undefined) return undefined;
  const { pair, cluster } = subjectOfRun(run);
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
      subject: pageSubject('now', `promotion of ${about} still open after its ${run.machine} run`),
      message: [
        `The ${run.machine} run of ${about} ended (${end}); ${by} has already paged about that.`,
        ...promotion,
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
      ...recoveryOf(run),
      runbookLine('run-ended'),
      `Run: ${run.executionArn}`,
    ].join('\n'),
  };
};
