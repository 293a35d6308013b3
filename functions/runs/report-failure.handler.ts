import * as z from 'zod/mini';
import { notify } from '../aws/notifications.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { runSchema } from '../runtime/run.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { failedByChild, startAgain, stepRecovery } from './child-run.ts';
import { runUrgency } from './run-urgency.ts';

/** What a run was about, as its input names it; an input that was refused may name anything. */
const name = z.optional(z.catch(z.string(), '(not named)'));

/** A cause is a JSON text of up to 32 KiB; a page needs its beginning. */
const shownCauseCharacters = 1_500;

/**
 * Cleanup path of every workflow: notifies operators that a run failed, with the first error, unless it is the failure of
 * a child execution, which reports it itself. It changes nothing at the brokers; the run then fails with that same error.
 */
export const handler = composeHandler({
  name: 'report-failure',
  input: z.strictObject({
    workflow: z.string(),
    // The one that the workflow is about; a failure is reported even when its input named neither.
    pair: name,
    cluster: name,
    error: z.string(),
    cause: z.string(),
    run: runSchema,
  }),
  environment: notifyEnvironmentSchema,
  handle: async ({ workflow, pair, cluster, error, cause, run }, { runtime, environment, logDecision }) => {
    const about = pair ?? cluster ?? '(not named)';
    logDecision('run failed', { workflow, about, error, executionArn: run.executionArn });
    if (failedByChild({ error, cause })) return { reported: false };
    await notify(runtime, environment.TOPIC_ARN, {
      subject: pageSubject(runUrgency(workflow, error), `${workflow} of ${about} failed: ${error}`),
      message: [
        `The ${workflow} run of ${about} failed with ${error}. It releases its lock and ends.`,
        cause.slice(0, shownCauseCharacters),
        run.child ? stepRecovery(workflow, run.executionArn) : startAgain,
        runbookLine('run-failed'),
        `Run: ${run.executionArn}`,
      ].join('\n'),
    });
    return { reported: true };
  },
});
