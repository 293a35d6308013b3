import type { Manifest, ManifestLine, ScannedQueue } from '../../functions/reconciliation/manifest.ts';
import { eastRef, noonMs } from './brokers.ts';

/** A message that the ledger proves processed, unless told otherwise. */
export const manifestLine = (changes: Partial<ManifestLine> = {}): ManifestLine => ({
  destination: 'work',
  position: 0,
  id: 'ID:m1',
  class: 'processed',
  reason: 'processed-once',
  createdAtMs: noonMs - 60_000,
  expiresAtMs: null,
  groupId: null,
  deliveries: 0,
  processed: { region: 'us-east-1', atMs: noonMs - 30_000, by: 'billing' },
  ...changes,
});

/** A complete scan of a queue with three messages, one of them processed. */
export const queueScan = (changes: Partial<ScannedQueue> = {}): ScannedQueue => ({
  queue: 'work',
  parts: [{ key: 'scan-0-00000.ndjson', sha256: '0'.repeat(64), messages: 3 }],
  counts: { processed: 1, unprocessed: 2, uncertain: 0, expired: 0 },
  processedTwice: 0,
  complete: true,
  findings: [],
  deliveries: { before: 0, after: 1 },
  ...changes,
});

/** A manifest of the pair's east broker in its third epoch. */
export const manifest = (changes: Partial<Manifest> = {}): Manifest => ({
  version: 1,
  pair: 'orders',
  epoch: 3,
  brokerId: eastRef.brokerId,
  region: eastRef.region,
  executionArn: 'arn:run-1',
  createdAtMs: noonMs,
  queues: [queueScan()],
  uncovered: [],
  ...changes,
});
