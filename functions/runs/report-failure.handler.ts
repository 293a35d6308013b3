import * as z from 'zod';
import { notify } from '../shared/adapters/notifications.ts';
import { composeHandler, runSchema } from '../shared/compose.ts';
import { notifyEnvironmentSchema } from '../shared/environment.ts';
import { runbookLine } from '../shared/runbook.ts';

/** A cause is a JSON text of up to 32 KiB; a page needs its beginning. */
const shownCauseCharacters = 1_500;

/**
 * Cleanup path of every workflow: tells people that a run ends badly, with the first error. It changes nothing at the
 * brokers; the run then fails with that same error.
 */
export const handler = composeHandler({
  name: 'report-failure',
  input: z.strictObject({
    workflow: z.string(),
    // An input that was refused may name no pair, or anything; its failure must be reported all the same.
    pair: z.string().catch('(not named)'),
    error: z.string(),
    cause: z.string(),
    run: runSchema,
  }),
  environment: notifyEnvironmentSchema,
  handle: async ({ workflow, pair, error, cause, run }, { runtime, environment, logDecision }) => {
    logDecision('run failed', { workflow, pair, error, executionArn: run.executionArn });
    await notify(runtime, environment.TOPIC_ARN, {
      subject: `mq-dr ${workflow} of ${pair} failed: ${error}`,
      message: [
        `The ${workflow} run of pair ${pair} ended with ${error}.`,
        cause.slice(0, shownCauseCharacters),
        'A run that failed is not redriven: start a new one with the same input; it looks before it acts.',
        runbookLine('run-failed'),
        `Run: ${run.executionArn}`,
      ].join('\n'),
    });
    return { reported: true };
  },
});
