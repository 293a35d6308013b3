import * as z from 'zod/mini';
import { Executions } from '../aws/executions.ts';
import { notify } from '../aws/notifications.ts';
import { controlItems, controlPorts } from '../control/control-ports.ts';
import { clusterScope, pairScope } from '../control/control-scopes.ts';
import { GuardTable } from '../control/guard-table.ts';
import { isOpen } from '../control/intent.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { readEndedRun } from './read-ended-run.ts';
import { settleNews, subjectOf } from './settle-news.ts';

const inputSchema = z.strictObject({ executionArn: z.string().check(z.startsWith('arn:')) });

/**
 * First state of settle-run: gives back what a dead run held, tells people about it once, and says whether a promotion
 * of it is open.
 *
 * @throws InvalidInput for a run that has not ended without success
 */
export const handler = composeHandler({
  name: 'settle-run',
  input: z.strictObject({ input: inputSchema, run: runSchema }),
  environment: z.extend(pairEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async ({ input: { executionArn } }, { runtime, environment, logDecision }) => {
    const run = await readEndedRun(executionArn, new Executions(runtime));
    const { pair, cluster } = subjectOf(run);
    const items = controlItems(runtime, environment);
    const scopes = [
      ...(pair === undefined ? [] : [pairScope(pair), `WATCH#${pair}`]),
      ...(cluster === undefined ? [] : [clusterScope(cluster)]),
    ];
    for (const scope of scopes) await new GuardTable(items, scope).release(executionArn);
    const newest = pair && (await controlPorts(runtime, environment).control.readIntent(pair, 'Promote'));
    const promotion = newest && isOpen(newest) && newest.executionArn === executionArn ? newest : undefined;
    const news = settleNews(run, promotion);
    if (news !== undefined) await notify(runtime, environment.TOPIC_ARN, news);
    const { machine, status, reportedBy } = run;
    const settled = { executionArn, machine, status, reportedBy, paged: news !== undefined };
    logDecision('run settled', { pair, cluster, ...settled });
    return {
      machine,
      status,
      pair: pair ?? null,
      paged: news !== undefined,
      promotion: promotion === undefined ? null : { subject: promotion.subject, sequence: promotion.sequence },
    };
  },
});
