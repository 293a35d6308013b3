import type { LedgerEntry, LedgerLookup } from '../../../functions/ledger/ledger-entry.ts';
import type { ScannedQueue } from '../../../functions/reconciliation/manifest.ts';
import type { HeldMessage, QueueScan, ScanVerdict } from '../../../functions/reconciliation/queue-scan/port.ts';
import { scanQueue } from '../../../functions/reconciliation/scan-queue.ts';
import { idOf, isProcessed, ledgerSpan, numbersTo, regionOf, scene } from './backlog.ts';
import { type Measured, measured } from './measured.ts';

/** As the real scan: batches of 100, eight of them side by side. */
const batchSize = 100;
const batchesAtOnce = 8;

const held = (position: number, createdAtMs: number): HeldMessage => ({
  position,
  messageId: idOf(position),
  correlationId: undefined,
  groupId: undefined,
  createdAtMs,
  expiresAtMs: undefined,
  deliveryCount: 0,
  bytes: 1_024,
  property: () => undefined,
  bodySha256: () => undefined,
});

/** A queue that exists only while it is gone through. */
const syntheticScan = (messages: number, createdAtMs: number): QueueScan => ({
  scan: async (_queue, _options, visit) => {
    for (let first = 0; first < messages; first += batchSize * batchesAtOnce) {
      const visits: Promise<readonly ScanVerdict[]>[] = [];
      for (let index = 0; index < batchesAtOnce; index++) {
        const start = first + index * batchSize;
        const size = Math.min(batchSize, messages - start);
        if (size > 0) visits.push(visit(numbersTo(size).map((offset) => held(start + offset, createdAtMs))));
      }
      await Promise.all(visits);
    }
    return { seen: messages, removed: 0, complete: true, notes: [], deliveries: { before: 0, after: 0 } };
  },
});

const numberIn = (id: string): number => Number(id.slice(id.lastIndexOf(':') + 1));

/** A ledger that knows by a message's number what to say: a record is of the message only when it is not older. */
const syntheticLedger = (processedAtMs: number): LedgerLookup => ({
  lookup: async (keys) =>
    keys.map((key): LedgerEntry => {
      const number = numberIn(key.id);
      const processed = isProcessed(number) ? [{ region: regionOf(number), atMs: processedAtMs, by: 'bench' }] : [];
      return { key, processed, claims: [], otherRegion: 'read' };
    }),
});

/** Classifies a queue of any length that nobody has to hold. @param nowMs milliseconds since the Unix epoch */
export const scanSynthetic = async (messages: number, nowMs: number): Promise<Measured<ScannedQueue>> => {
  const { pair, queue } = scene;
  const request = { pair, queue, keyPrefix: '', span: ledgerSpan, deadlineMs: Number.POSITIVE_INFINITY };
  return await measured(() =>
    scanQueue(request, {
      queueScan: syntheticScan(messages, nowMs),
      ledger: syntheticLedger(nowMs),
      identify: ({ messageId }) => (typeof messageId === 'string' ? messageId : undefined),
      store: { put: async () => {} },
      readCounts: async () => undefined,
      nowMs: () => nowMs,
    }),
  );
};
