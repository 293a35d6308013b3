import * as z from 'zod/mini';
import { Executions } from '../aws/executions.ts';
import { notify } from '../aws/notifications.ts';
import { controlItems, controlPorts } from '../control/control-ports.ts';
import { clusterScope, pairScope, watchScope } from '../control/control-scopes.ts';
import { GuardTable } from '../control/guard-table.ts';
import { isOpen } from '../control/intent.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { readEndedRun } from './read-ended-run.ts';
import { runEndedMessage, subjectOfRun } from './run-ended-message.ts';

const inputSchema = z.strictObject({ executionArn: z.string().check(z.startsWith('arn:')) });

/**
 * First state of settle-run: releases what a dead run held, notifies operators once, and says whether a promotion of
 * it is open.
 *
 * @throws InvalidInput for a run that has not ended without success
 */
export const handler = composeHandler({
  name: 'settle-run',
  input: z.strictObject({ input: inputSchema, run: runSchema }),
  environment: z.extend(pairEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async ({ input: { executionArn } }, { runtime, environment, logDecision }) => {
    const run = await readEndedRun(executionArn, new Executions(runtime));
    const { pair, cluster } = subjectOfRun(run);
    const items = controlItems(runtime, environment);
    const scopes = [
      ...(pair === undefined ? [] : [pairScope(pair), watchScope(pair)]),
      ...(cluster === undefined ? [] : [clusterScope(cluster)]),
    ];
    for (const scope of scopes) await new GuardTable(items, scope).release(executionArn);
    const newest = pair && (await controlPorts(runtime, environment).control.readIntent(pair, 'Promote'));
    const promotion = newest && isOpen(newest) && newest.executionArn === executionArn ? newest : undefined;
    const page = runEndedMessage(run, promotion);
    if (page !== undefined) await notify(runtime, environment.TOPIC_ARN, page);
    const { machine, status, reportedBy } = run;
    const settled = { executionArn, machine, status, reportedBy, paged: page !== undefined };
    logDecision('run settled', { pair, cluster, ...settled });
    return {
      machine,
      status,
      pair: pair ?? null,
      paged: page !== undefined,
      promotion: promotion === undefined ? null : { subject: promotion.subject, sequence: promotion.sequence },
    };
  },
});
