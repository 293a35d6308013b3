import type { LedgerEntry, LedgerLookup } from '../ledger/ledger-entry.ts';
import { classifyMessage, isDuplicate, type LedgerSpan } from './classify-message.ts';
import { isHarmless, judgeConservation, judgeLines, scanNote } from './conservation.ts';
import type { ManifestLine, ScannedQueue } from './manifest.ts';
import { ManifestParts } from './manifest-parts.ts';
import type { DestinationCounts } from './queue-counts.ts';
import type { HeldMessage, QueueScan } from './queue-scan/port.ts';
import type { TextStore } from './text-store.ts';

/** What a scan works with. */
export interface ScanPorts {
  readonly queueScan: QueueScan;
  readonly ledger: LedgerLookup;
  /** The identity under which consumers enter the message in the ledger; undefined for one without. */
  readonly identify: (message: HeldMessage) => string | undefined;
  readonly store: Pick<TextStore, 'put'>;
  /** Exact counters of the destinations; undefined where none can be read. */
  readonly readCounts: () => Promise<DestinationCounts | undefined>;
  readonly nowMs: () => number;
}

/** One queue to scan. */
export interface ScanRequest {
  readonly pair: string;
  readonly queue: string;
  /** Of the keys under which its lines are stored. */
  readonly keyPrefix: string;
  readonly span: LedgerSpan;
  /** The scan ends then with what it has, in milliseconds since the Unix epoch. */
  readonly deadlineMs: number;
}

/**
 * Scans a queue, looks up each message in the ledger and stores one line for each; changes nothing. Memory does
 * not grow with the queue.
 *
 * @throws errors of the scan, the ledger and the store
 */
export const scanQueue = async (request: ScanRequest, ports: ScanPorts): Promise<ScannedQueue> => {
  const { pair, queue, keyPrefix, span, deadlineMs } = request;
  const parts = new ManifestParts(ports.store, keyPrefix);
  let processedTwice = 0;

  const lineOf = (message: HeldMessage, id: string | undefined, entry: LedgerEntry | undefined): ManifestLine => {
    const { createdAtMs, expiresAtMs } = message;
    const classified = classifyMessage({ entry, createdAtMs, expiresAtMs }, span, ports.nowMs());
    if (isDuplicate(classified.reason)) processedTwice += 1;
    const first = [...(entry?.processed ?? [])].sort((one, other) => one.atMs - other.atMs)[0];
    return {
      destination: queue,
      position: message.position,
      id: id ?? null,
      ...classified,
      createdAtMs: createdAtMs ?? null,
      expiresAtMs: expiresAtMs ?? null,
      groupId: message.groupId ?? null,
      deliveries: message.deliveryCount,
      processed: first === undefined ? null : { region: first.region, atMs: first.atMs, by: first.by },
    };
  };

  const before = (await ports.readCounts())?.queues.get(queue);
  const summary = await ports.queueScan.scan(queue, { deadlineMs }, async (batch) => {
    const identified = batch.map((message) => ({ message, id: ports.identify(message) }));
    const keys = identified.flatMap(({ id }) => (id === undefined ? [] : [{ pair, destination: queue, id }]));
    const entries = new Map((await ports.ledger.lookup(keys)).map((entry) => [entry.key.id, entry]));
    await parts.add(
      identified.map(({ message, id }) => lineOf(message, id, id === undefined ? undefined : entries.get(id))),
    );
    return batch.map(() => 'keep' as const);
  });
  const after = (await ports.readCounts())?.queues.get(queue);
  const { parts: stored, counts } = await parts.end();
  const findings = [
    ...summary.notes.map((message) => scanNote(queue, message)),
    ...judgeConservation(queue, before, after, { seen: summary.seen, removed: 0 }),
    ...judgeLines(
      queue,
      summary.seen,
      stored.reduce((sum, { messages }) => sum + messages, 0),
    ),
  ];
  return {
    queue,
    parts: [...stored],
    counts,
    processedTwice,
    complete: summary.complete && findings.every(isHarmless),
    findings,
    deliveries: summary.deliveries,
  };
};
