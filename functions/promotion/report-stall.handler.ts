import * as z from 'zod/mini';
import { notify } from '../aws/notifications.ts';
import { automationStopKinds } from '../control/automation-stop.ts';
import { controlPorts } from '../control/control-ports.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { tryRead } from '../runtime/reading.ts';
import { runSchema } from '../runtime/run.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { stalledMessage } from './stalled-message.ts';

const predictedLossSchema = z.discriminatedUnion('known', [
  z.strictObject({
    known: z.literal(true),
    events: z.number(),
    ageSeconds: z.number(),
    // A run of an earlier version hands on current figures alone.
    current: z._default(z.boolean(), true),
  }),
  z.strictObject({ known: z.literal(false), reason: z.string() }),
]);

/**
 * Records that automatic runs of the pair stop until a person acts, and pages operators about the stalled switchover, with
 * the evidence and the command that would end it. A table that cannot be written holds no page up.
 */
export const handler = composeHandler({
  name: 'report-stall',
  input: z.strictObject({
    pair: z.string(),
    targetRegion: z.string(),
    targetBrokerId: z.string(),
    because: z.string(),
    /** Whose no ended it; an execution of an earlier version does not say. */
    refusedBy: z._default(z.enum(automationStopKinds), 'stalled'),
    evidence: z.array(z.string()),
    predictedLoss: predictedLossSchema,
    run: runSchema,
  }),
  environment: z.extend(pairEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async ({ predictedLoss, refusedBy, run, ...stalled }, { runtime, environment, nowMs, logDecision }) => {
    const loss = predictedLoss.known
      ? `${predictedLoss.current ? 'up to ' : ''}${predictedLoss.events} replication events, ${predictedLoss.current ? 'measured' : 'last known'} ${predictedLoss.ageSeconds} s ago`
      : `unknown (${predictedLoss.reason})`;
    const guards = controlPorts(runtime, environment).guardsOf(stalled.pair);
    const stop = { kind: refusedBy, reason: stalled.because, by: run.executionArn, atMs: nowMs };
    const recorded = await tryRead(() => guards.stopAutomation(stop));
    const message = stalledMessage({ ...stalled, predictedLoss: loss, stopRecorded: recorded.known });
    logDecision('switchover stalled', { ...stalled, refusedBy, predictedLoss, stopRecorded: recorded.known });
    await notify(runtime, environment.TOPIC_ARN, {
      subject: pageSubject('now', `switchover of ${stalled.pair} stalled, both brokers may be closed`),
      message: [message, runbookLine('switchover-stalled'), `Run: ${run.executionArn}`].join('\n'),
    });
    return { message };
  },
});
