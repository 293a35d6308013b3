import * as z from 'zod/mini';
import { putEvent } from '../aws/event-bus.ts';
import { notify } from '../aws/notifications.ts';
import { findPair } from '../brokers/find-pair.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { reconciliationEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { reportStore } from './adapters/object-store.ts';
import { takeManifest } from './find-manifest.ts';
import { manifestHashSchema } from './manifest.ts';
import { reconcileEnding, reconcileMessage, repairTotals } from './reconcile-outcome.ts';
import { RunDocuments } from './run-documents.ts';
import { scanTotals } from './scan-totals.ts';
import { stepInput } from './step-input.ts';

/** Last step: the verdict over the run, an event for machines and, where an operator must act, a message. */
export const handler = composeHandler({
  name: 'record-reconciliation',
  input: z.strictObject({
    ...stepInput,
    mode: z.enum(['report', 'repair', 'auto']),
    manifest: manifestHashSchema,
  }),
  environment: z.extend(reconciliationEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async (input, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair).name;
    const store = reportStore(runtime, environment, region);
    const manifest = await takeManifest(pair, input.manifest, store);
    const documents = new RunDocuments(store, pair, input.execution);
    const scan = scanTotals(manifest);
    const repair = input.mode === 'report' ? undefined : repairTotals(await documents.repairs(manifest.queues.length));
    const ending = reconcileEnding(input.mode, scan, repair);
    const result = {
      ending,
      manifest: input.manifest,
      queues: scan.queues,
      ...scan.counts,
      processedTwice: scan.processedTwice,
      removed: repair?.removed ?? 0,
      gone: repair?.gone ?? 0,
    };
    logDecision('messages reconciled', { pair, mode: input.mode, ...result });
    await putEvent(runtime, region, {
      detailType: 'Messages Reconciled',
      detail: { pair, mode: input.mode, ...result },
    });
    const page = reconcileMessage({ pair, ending, manifest: input.manifest, scan, repair });
    if (page !== undefined) {
      await notify(runtime, environment.TOPIC_ARN, {
        subject: page.subject,
        message: [...page.lines, `Run: ${input.run.executionArn}`].join('\n'),
      });
    }
    return { ...result, findings: [...scan.findings, ...(repair?.findings ?? [])] };
  },
});
