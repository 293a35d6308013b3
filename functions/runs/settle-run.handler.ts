import * as z from 'zod';
import { Executions } from '../shared/adapters/executions.ts';
import { GuardTable } from '../shared/adapters/guard-table.ts';
import { notify } from '../shared/adapters/notifications.ts';
import { controlItems, pairPorts } from '../shared/adapters/pair-ports.ts';
import { composeHandler, runSchema } from '../shared/compose.ts';
import { notifyEnvironmentSchema, pairEnvironmentSchema } from '../shared/environment.ts';
import { DrError, InvalidInput } from '../shared/errors.ts';
import { isOpen } from '../shared/intent.ts';
import { settleNews, subjectOf } from './settle-news.ts';

const inputSchema = z.strictObject({ executionArn: z.string().startsWith('arn:') });

/**
 * First state of settle-run: gives back what a dead run held, tells people about it once, and says whether a promotion
 * of it is open.
 *
 * @throws InvalidInput for a run that has not ended without success
 */
export const handler = composeHandler({
  name: 'settle-run',
  input: z.strictObject({ input: inputSchema, run: runSchema }),
  environment: pairEnvironmentSchema.extend(notifyEnvironmentSchema.shape),
  handle: async ({ input: { executionArn } }, { runtime, environment, logDecision }) => {
    const executions = new Executions(runtime);
    const execution = await executions.describe(executionArn);
    if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') {
      throw new InvalidInput(
        `${executionArn} is ${execution.status}: only a run that ended without success is settled`,
      );
    }
    const { pair, cluster } = subjectOf(execution);
    const items = controlItems(runtime, environment);
    const scopes = [
      ...(pair === undefined ? [] : [`PAIR#${pair}`, `WATCH#${pair}`]),
      ...(cluster === undefined ? [] : [`CLUSTER#${cluster}`]),
    ];
    for (const scope of scopes) await new GuardTable(items, scope).release(executionArn);
    const newest = pair && (await pairPorts(runtime, environment).control.readIntent(pair, 'Promote'));
    const promotion = newest && isOpen(newest) && newest.executionArn === executionArn ? newest : undefined;
    // A history that cannot be read says nothing about a page: better one too many.
    const reportedBy = await executions.reportedBy(executionArn).catch((error: unknown) => {
      if (error instanceof DrError) return undefined;
      throw error;
    });
    const news = settleNews({ ...execution, reportedBy }, promotion);
    if (news !== undefined) await notify(runtime, environment.TOPIC_ARN, news);
    const { machine, status } = execution;
    logDecision('run settled', { executionArn, machine, status, reportedBy, paged: news !== undefined });
    return {
      machine,
      status,
      pair: pair ?? null,
      paged: news !== undefined,
      promotion: promotion === undefined ? null : { subject: promotion.subject, sequence: promotion.sequence },
    };
  },
});
