import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { keepLockEvery } from '../control/renew-lock.ts';
import { runGuards } from '../control/run-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { reconciliationEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { reportStore } from './adapters/object-store.ts';
import { brokerQueues } from './adapters/reconciliation-ports.ts';
import { takeManifest } from './find-manifest.ts';
import { identifyHeld } from './identify-held.ts';
import { manifestHashSchema } from './manifest.ts';
import { cursorSchema } from './queue-cursor.ts';
import { AmqpQueueScan } from './queue-scan/amqp-queue-scan.ts';
import { repairQueues } from './repair-queues.ts';
import { RunDocuments } from './run-documents.ts';
import { stepInput } from './step-input.ts';

/**
 * Write: repairs queues from the cursor on by the manifest, as many as one invocation may start. Freeze and lock are
 * checked again before each queue, and the lock is extended while a queue is scanned.
 */
export const handler = composeHandler({
  name: 'repair-queues',
  input: z.strictObject({ ...stepInput, manifest: manifestHashSchema, cursor: cursorSchema }),
  environment: reconciliationEnvironmentSchema,
  handle: async ({ cursor, ...input }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const guards = runGuards(runtime, environment, pair, { ...input.run, automatic: false });
    const store = reportStore(runtime, environment, region);
    const manifest = await takeManifest(pair.name, input.manifest, store);
    const { config, readCounts, ...access } = await brokerQueues(runtime, environment, { pair, region });
    const nowMs = (): number => runtime.clock.nowMs();
    return await repairQueues(
      manifest,
      { cursor, quarantinePrefix: config.quarantinePrefix },
      {
        queueScan: new AmqpQueueScan(runtime, access),
        identify: identifyHeld(config.identity),
        store,
        readCounts,
        documents: new RunDocuments(store, pair.name, input.execution),
        keepLock: keepLockEvery(() => guards.renew(), nowMs),
        finalCheck: async () => {
          await guards.renew();
          return await guards.finalCheck();
        },
        repaired: (repair) => logDecision('queue repaired', { pair: pair.name, manifest: input.manifest, ...repair }),
        nowMs,
      },
    );
  },
});
