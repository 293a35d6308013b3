import type { Intent } from '../control/intent.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { failedByChild, stepRecovery } from './child-run.ts';
import { parseObject } from './parse-object.ts';

/** A run that ended without success, as its execution shows it. */
export interface EndedRun {
  readonly executionArn: string;
  readonly machine: string;
  readonly status: string;
  /** JSON text. */
  readonly input: string;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Name of the state of the run itself that told people about its end, if one did. */
  readonly reportedBy: string | undefined;
  /** The run whose step it was; undefined for a run of its own. */
  readonly parent: { readonly executionArn: string; readonly status: string } | undefined;
}

/** What the run was about: a pair or a cluster, when its input names one. */
export interface Subject {
  readonly pair?: string;
  readonly cluster?: string;
}

/** A cause is a text of up to 32 KiB; a page needs its beginning. */
const shownCauseCharacters = 1_500;

/** Pair and cluster that the run's input names; an input that was refused may name anything. */
export const subjectOf = (run: Pick<EndedRun, 'input'>): Subject => {
  const { pair, cluster } = parseObject(run.input);
  return {
    ...(typeof pair === 'string' && { pair }),
    ...(typeof cluster === 'string' && { cluster }),
  };
};

const recoveryOf = (run: EndedRun): readonly string[] => {
  if (run.parent !== undefined) return [stepRecovery(run.machine, run.parent.executionArn)];
  return [
    'A lock that it still held has been released.',
    run.status === 'FAILED'
      ? 'A run that failed is not redriven: start a new one with the same input; it looks before it acts.'
      : 'Start a new run with the same input: it looks before it acts. A redrive would find its lock given back and stop.',
  ];
};

/** A step that was stopped together with the run whose step it was: people hear of that one, which also has its promotion. */
const stoppedWithParent = ({ status, parent }: EndedRun): boolean =>
  status === 'ABORTED' && parent?.status === 'ABORTED';

/**
 * The page about a run that ended badly, or undefined when people have heard of it already and there is nothing to add.
 */
export const settleNews = (
  run: EndedRun,
  openPromotion: Intent | undefined,
): { readonly subject: string; readonly message: string } | undefined => {
  if (stoppedWithParent(run)) return undefined;
  const told = run.reportedBy !== undefined || failedByChild(run);
  if (told && openPromotion === undefined) return undefined;
  const { pair, cluster } = subjectOf(run);
  const about = pair ?? cluster ?? '(not named)';
  const promotion =
    openPromotion === undefined
      ? []
      : [
          `Its promotion of ${openPromotion.subject} (${openPromotion.mode ?? 'mode unknown'}) is open: ` +
            'it goes on being observed, and you will hear how it ends.',
        ];
  const end = run.error === undefined ? run.status : `${run.status}, ${run.error}`;
  if (told) {
    const by = failedByChild(run) ? 'the child execution' : `its state ${run.reportedBy}`;
    return {
      subject: `mq-dr ${run.machine} of ${about}: promotion still open`,
      message: [
        `The ${run.machine} run of ${about} ended (${end}); ${by} has paged about that already.`,
        ...promotion,
        runbookLine('promotion-open'),
        `Run: ${run.executionArn}`,
      ].join('\n'),
    };
  }
  return {
    subject: `mq-dr ${run.machine} of ${about} ended: ${run.status}`,
    message: [
      `The ${run.machine} run of ${about} ended: ${end}. It could not tell anybody itself.`,
      (run.cause ?? 'No cause given.').slice(0, shownCauseCharacters),
      ...promotion,
      ...recoveryOf(run),
      runbookLine('run-ended'),
      `Run: ${run.executionArn}`,
    ].join('\n'),
  };
};
