import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { renewLock } from '../control/renew-lock.ts';
import { ledgerTable } from '../ledger/dynamodb/regional-ledger.ts';
import { TableLookup } from '../ledger/lookup-entries.ts';
import { composeHandler } from '../runtime/compose.ts';
import { reconciliationEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { reportStore } from './adapters/object-store.ts';
import { brokerQueues } from './adapters/reconciliation-ports.ts';
import { identifyHeld } from './identify-held.ts';
import { cursorSchema, endsScanAfterSeconds, forEachQueue } from './queue-cursor.ts';
import { AmqpQueueScan } from './queue-scan/amqp-queue-scan.ts';
import { RunDocuments } from './run-documents.ts';
import { scanQueue } from './scan-queue.ts';
import { stepInput } from './step-input.ts';

/** Scans queues from the cursor on, as many as one invocation may start, and keeps what each scan found. */
export const handler = composeHandler({
  name: 'scan-queues',
  input: z.strictObject({ ...stepInput, cursor: cursorSchema }),
  environment: reconciliationEnvironmentSchema,
  handle: async (input, { runtime, environment, region, nowMs: startMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const store = reportStore(runtime, environment, region);
    const documents = new RunDocuments(store, pair.name, input.execution);
    const queues = await documents.queues();
    const { otherRegion, config, readCounts, ...access } = await brokerQueues(runtime, environment, { pair, region });
    const nowMs = (): number => runtime.clock.nowMs();
    const ports = {
      queueScan: new AmqpQueueScan(runtime, access),
      ledger: new TableLookup({
        own: ledgerTable(runtime, environment, region),
        otherRegion,
        other: ledgerTable(runtime, environment, otherRegion),
        clock: runtime.clock,
      }),
      identify: identifyHeld(config.identity),
      store,
      readCounts,
      nowMs,
    };
    const span = { startMs: Date.parse(config.ledgerStart), retentionSeconds: config.retentionSeconds };
    const deadlineMs = startMs + endsScanAfterSeconds * 1_000;
    return await forEachQueue(input.cursor, queues.length, nowMs, async (index) => {
      await renewLock(runtime, environment, pair, input.run);
      const queue = queues[index] ?? '';
      const keyPrefix = documents.linesPrefix('scan', index);
      const scan = await scanQueue({ pair: pair.name, queue, keyPrefix, span, deadlineMs }, ports);
      await documents.putScan(index, scan);
      const { counts, complete, findings, deliveries } = scan;
      logDecision('queue scanned', { pair: pair.name, queue, counts, complete, findings, deliveries });
      return true;
    });
  },
});
