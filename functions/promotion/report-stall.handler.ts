import * as z from 'zod/mini';
import { notify } from '../aws/notifications.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { runSchema } from '../runtime/run.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { stalledMessage } from './stalled-message.ts';

const predictedLossSchema = z.discriminatedUnion('known', [
  z.strictObject({ known: z.literal(true), events: z.number(), ageSeconds: z.number() }),
  z.strictObject({ known: z.literal(false), reason: z.string() }),
]);

/** Pages operators about a stalled switchover, with the evidence and the command that would end it. */
export const handler = composeHandler({
  name: 'report-stall',
  input: z.strictObject({
    pair: z.string(),
    targetRegion: z.string(),
    targetBrokerId: z.string(),
    because: z.string(),
    evidence: z.array(z.string()),
    predictedLoss: predictedLossSchema,
    run: runSchema,
  }),
  environment: notifyEnvironmentSchema,
  handle: async ({ predictedLoss, run, ...stalled }, { runtime, environment, logDecision }) => {
    const loss = predictedLoss.known
      ? `up to ${predictedLoss.events} replication events, measured ${predictedLoss.ageSeconds} s ago`
      : `unknown (${predictedLoss.reason})`;
    const message = stalledMessage({ ...stalled, predictedLoss: loss });
    logDecision('switchover stalled', { ...stalled, predictedLoss });
    await notify(runtime, environment.TOPIC_ARN, {
      subject: pageSubject('now', `switchover of ${stalled.pair} stalled, both brokers may be closed`),
      message: [message, runbookLine('switchover-stalled'), `Run: ${run.executionArn}`].join('\n'),
    });
    return { message };
  },
});
