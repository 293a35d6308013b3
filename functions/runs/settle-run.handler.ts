import * as z from 'zod/mini';
import { Executions } from '../aws/executions.ts';
import { notify } from '../aws/notifications.ts';
import { controlItems } from '../control/control-ports.ts';
import { ControlTable } from '../control/control-table.ts';
import { GuardTable } from '../control/guard-table.ts';
import { subjectOfInput } from '../control/left-behind.ts';
import { readLeftBehind } from '../control/read-left-behind.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { readEndedRun } from './read-ended-run.ts';
import { hasPromoted, runEndedMessage } from './run-ended-message.ts';

const inputSchema = z.strictObject({ executionArn: z.string().check(z.startsWith('arn:')) });

/**
 * First state of settle-run: releases what a run that has ended still held, notifies operators once, and says whether a
 * promotion of it is open.
 *
 * @throws InvalidInput for a run that has not ended
 */
export const handler = composeHandler({
  name: 'settle-run',
  input: z.strictObject({ input: inputSchema, run: runSchema }),
  environment: z.extend(pairEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async ({ input: { executionArn } }, { runtime, environment, region, logDecision }) => {
    const run = await readEndedRun(executionArn, new Executions(runtime));
    const subject = subjectOfInput(run.input);
    const items = controlItems(runtime, environment);
    const left = await readLeftBehind(items, executionArn, subject, region);
    for (const scope of left.lockedScopes) await new GuardTable(items, scope).release(executionArn);
    const isDone = hasPromoted(run);
    if (isDone && left.promotion) await new ControlTable(items).settleIntent(left.promotion, 'effective');
    const page = runEndedMessage(run, left);
    if (page !== undefined) await notify(runtime, environment.TOPIC_ARN, page);
    const { machine, status, reportedBy } = run;
    logDecision('run settled', {
      ...subject,
      executionArn,
      machine,
      status,
      reportedBy,
      ...left,
      paged: page !== undefined,
    });
    const open = isDone ? undefined : left.promotion;
    return {
      machine,
      status,
      pair: subject.pair ?? null,
      paged: page !== undefined,
      promotion: open === undefined ? null : { subject: open.subject, sequence: open.sequence },
    };
  },
});
