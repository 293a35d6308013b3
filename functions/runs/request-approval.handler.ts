import * as z from 'zod/mini';
import { notify } from '../aws/notifications.ts';
import { findPair } from '../brokers/find-pair.ts';
import { controlPorts } from '../control/control-ports.ts';
import { decisionId } from '../control/decision-id.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { runSchema } from '../runtime/run.ts';
import { runbookLine } from '../runtime/runbook.ts';

/**
 * Opens an approval and notifies operators of it. A retry finds the approval that the first attempt opened: its id comes
 * from the execution and the question.
 */
export const handler = composeHandler({
  name: 'request-approval',
  input: z.strictObject({ pair: z.string(), question: z.string(), details: z.array(z.string()), run: runSchema }),
  environment: z.extend(pairEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async ({ pair: pairName, question, details, run }, { runtime, environment, region, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const { control } = controlPorts(runtime, environment);
    const approvalId = decisionId('approval', run.executionArn, question).slice(0, 12);
    const known = await control.readApproval(pair.name, approvalId);
    const expiresAtMs = known?.expiresAtMs ?? nowMs + pair.approvalSeconds * 1_000;
    if (known === undefined) {
      await control.openApproval({
        pair: pair.name,
        approvalId,
        question,
        status: 'open',
        expiresAtMs,
        executionArn: run.executionArn,
      });
    }
    const expiresAt = new Date(expiresAtMs).toISOString();
    await notify(runtime, environment.TOPIC_ARN, {
      subject: pageSubject('now', `approval needed for ${pair.name} by ${expiresAt.slice(0, 16)}Z`),
      message: [
        question,
        ...details.map((line) => `- ${line}`),
        `Approval ${approvalId}, open until ${expiresAt}. No answer means no.`,
        `Approve: npx mq-dr approve ${approvalId} --pair ${pair.name} --region ${region}`,
        `Deny:    npx mq-dr deny ${approvalId} --pair ${pair.name} --region ${region}`,
        runbookLine('approval-needed'),
        `Run: ${run.executionArn}`,
      ].join('\n'),
    });
    logDecision('approval requested', { pair: pair.name, approvalId, question, expiresAt });
    return { approvalId, expiresAt };
  },
});
