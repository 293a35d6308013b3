import type { LedgerEntry, LedgerLookup } from '../ledger/ledger-entry.ts';
import { AccessDenied, NotFound } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import { classifyMessage, isDuplicate, type LedgerSpan, proofsOf } from './classify-message.ts';
import { goneFinding, isHarmless, judgeLines, judgeScan, scanNote } from './conservation.ts';
import { type ManifestLine, noMessages, type ScannedQueue } from './manifest.ts';
import { ManifestParts } from './manifest-parts.ts';
import { countsOf, type DestinationCounts, hasQueue } from './queue-counts.ts';
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
 * not grow with the queue. A queue that is gone, or that the broker refuses, is reported as not covered.
 *
 * @throws errors of the scan, the ledger and the store
 */
export const scanQueue = async (request: ScanRequest, ports: ScanPorts): Promise<ScannedQueue> => {
  const { pair, queue, keyPrefix, span, deadlineMs } = request;
  const parts = new ManifestParts(ports.store, keyPrefix);
  let processedTwice = 0;
  let undecodable = 0;
  let bytes = 0;
  let withExpiry = 0;

  const lineOf = (message: HeldMessage, id: string | undefined, entry: LedgerEntry | undefined): ManifestLine => {
    const { createdAtMs, expiresAtMs } = message;
    // Other identities than the message-id are the same to everybody.
    const scheduled = message.scheduled !== undefined && id?.startsWith('ID:') === true;
    const facts = { entry, createdAtMs, expiresAtMs, scheduled, undecodable: message.undecodable === true };
    const classified = classifyMessage(facts, span, ports.nowMs());
    if (isDuplicate(classified.reason)) processedTwice += 1;
    if (message.undecodable === true) undecodable += 1;
    if (expiresAtMs !== undefined) withExpiry += 1;
    bytes += message.bytes;
    const first = [...proofsOf(entry, createdAtMs)].sort((one, other) => one.atMs - other.atMs)[0];
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

  const before = await ports.readCounts();
  if (before !== undefined && !hasQueue(before, queue)) return notScanned(queue, goneFinding(queue, 0));
  const sizeAtStart = countsOf(before, queue)?.size;
  const visit = async (batch: readonly HeldMessage[]) => {
    const identified = batch.map((message) => ({ message, id: ports.identify(message) }));
    const keys = identified.flatMap(({ id }) => (id === undefined ? [] : [{ pair, destination: queue, id }]));
    const entries = new Map((await ports.ledger.lookup(keys)).map((entry) => [entry.key.id, entry]));
    await parts.add(
      identified.map(({ message, id }) => lineOf(message, id, id === undefined ? undefined : entries.get(id))),
    );
    return batch.map(() => 'keep' as const);
  };
  const summary = await ports.queueScan.scan(queue, { deadlineMs, sizeAtStart }, visit).catch(refusalOf(queue));
  if ('code' in summary) return notScanned(queue, summary);
  const after = await ports.readCounts();
  const { parts: stored, counts } = await parts.end();
  const findings = [
    ...summary.notes.map((message) => scanNote(queue, message)),
    ...(undecodable === 0 ? [] : [undecodableFinding(queue, undecodable)]),
    ...judgeScan(queue, { before, after }, { seen: summary.seen, removed: 0, bytes, withExpiry }),
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

const undecodableFinding = (queue: string, count: number): Finding => ({
  code: 'MESSAGES_UNDECODABLE',
  message: `${count} messages of ${queue} are not encoded as AMQP 1.0 says and were not classified`,
  evidence: { queue, count },
});

/** The result for a queue of which nothing was seen. */
const notScanned = (queue: string, finding: Finding): ScannedQueue => ({
  queue,
  parts: [],
  counts: noMessages,
  processedTwice: 0,
  complete: false,
  findings: [finding],
  deliveries: { before: 0, after: 0 },
});

/**
 * What one queue's refusal means for the run: nothing but that this queue is not covered.
 *
 * @throws every other error
 */
const refusalOf =
  (queue: string) =>
  (error: unknown): Finding => {
    const isRefusal = error instanceof NotFound || error instanceof AccessDenied;
    if (!isRefusal || error.details.queue !== queue) throw error;
    return {
      code: 'QUEUE_REFUSED',
      message: `${queue} was not scanned, because the broker does not let this user: ${error.message}`,
      evidence: { queue },
    };
  };
