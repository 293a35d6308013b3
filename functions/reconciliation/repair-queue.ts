import * as z from 'zod/mini';
import { UnexpectedAnswer } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import { isHarmless, judgeScan, scanNote } from './conservation.ts';
import { findingSchema, type ManifestLine, readLines, type ScannedQueue } from './manifest.ts';
import { countsOf, hasQueue } from './queue-counts.ts';
import type { HeldMessage, ScanVerdict } from './queue-scan/port.ts';
import type { ScanPorts } from './scan-queue.ts';
import type { TextStore } from './text-store.ts';

/** What a repair works with. */
export interface RepairPorts extends Pick<ScanPorts, 'queueScan' | 'identify' | 'readCounts'> {
  readonly store: TextStore;
  /**
   * Asked before each batch: a run that lost its lock stops there.
   *
   * @throws LockLost, ServiceUnavailable
   */
  readonly keepLock: () => Promise<void>;
}

/** One queue to repair. */
export interface RepairRequest {
  /** What the manifest says about the queue. */
  readonly scan: ScannedQueue;
  readonly quarantine: string;
  /** Of the keys under which the removed ids are stored. */
  readonly keyPrefix: string;
  /** The repair ends then with what it has done, in milliseconds since the Unix epoch. */
  readonly deadlineMs: number;
}

const queueRepairSchema = z.strictObject({
  queue: z.string(),
  removed: z.int(),
  /**
   * Messages that the manifest wanted removed and that were not there any more: others consumed them, or an earlier
   * attempt of this step removed them and died.
   */
  gone: z.int(),
  complete: z.boolean(),
  findings: z.array(findingSchema),
  deliveries: z.strictObject({ before: z.int(), after: z.int() }),
});

/** What the repair of one queue did. */
export type QueueRepair = z.output<typeof queueRepairSchema>;

/** A queue's repair as an earlier step stored it. @throws UnexpectedAnswer */
export const readQueueRepair = (text: string, key: string): QueueRepair => {
  const result = queueRepairSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new UnexpectedAnswer(`${key} is not a repair record of this version`, { problems: result.error.issues });
};

/** A message as the manifest knows it: ids repeat, and the creation time tells two messages with one id apart. */
const lineName = (id: string, createdAtMs: number | null | undefined): string => `${createdAtMs ?? ''} ${id}`;

/** Messages by `lineName`, each with how often it lay in the queue. */
interface ManifestMessages {
  /** What the manifest proves processed. */
  readonly processed: Map<string, number>;
  /** What it lists otherwise under ids of those. */
  readonly others: Map<string, number>;
  /** Ids of what it proves processed. */
  readonly ids: ReadonlySet<string>;
}

/** @throws as `readLines` */
const messagesOf = async (scan: ScannedQueue, store: RepairPorts['store']): Promise<ManifestMessages> => {
  const processed = new Map<string, number>();
  const others = new Map<string, number>();
  const ids = new Set<string>();
  const count = (counted: Map<string, number>, id: string, createdAtMs: number | null): void => {
    const name = lineName(id, createdAtMs);
    counted.set(name, (counted.get(name) ?? 0) + 1);
  };
  await forEachLine(scan, store, ({ class: of, id, createdAtMs }) => {
    if (of !== 'processed' || id === null) return;
    count(processed, id, createdAtMs);
    ids.add(id);
  });
  // Only these are remembered: a deep queue has many more.
  if (ids.size > 0) {
    await forEachLine(scan, store, ({ class: of, id, createdAtMs }) => {
      if (of !== 'processed' && id !== null && ids.has(id)) count(others, id, createdAtMs);
    });
  }
  return { processed, others, ids };
};

const forEachLine = async (
  scan: ScannedQueue,
  store: RepairPorts['store'],
  visit: (line: ManifestLine) => void,
): Promise<void> => {
  for (const part of scan.parts) {
    const text = await store.get(part.key);
    if (text === undefined) {
      throw new UnexpectedAnswer(`part ${part.key} of the manifest is gone: make a new one with mode "report"`, part);
    }
    for (const line of readLines(text, part)) visit(line);
  }
};

/** Takes one of the messages with this name, if one is left. */
const takeOne = (messages: Map<string, number>, name: string): boolean => {
  const left = messages.get(name) ?? 0;
  if (left > 0) messages.set(name, left - 1);
  return left > 0;
};

/** Ids that a finding names; it is read by a person. */
const namedIds = 10;

const surplusFindings = (queue: string, surplus: readonly string[]): readonly Finding[] =>
  surplus.length === 0
    ? []
    : [
        {
          code: 'ID_REPEATED',
          message:
            `${surplus.length} messages of ${queue} have an id of the manifest, and are not the messages that it lists: ` +
            'they came since, and stay. Make a new manifest',
          evidence: { queue, count: surplus.length, ids: surplus.slice(0, namedIds) },
        },
      ];

/**
 * Removes from one queue exactly the messages that the manifest proves processed, each after a copy to the quarantine;
 * everything else stays where it is: what came since, under an id of the manifest too, which is reported.
 *
 * @throws errors of the scan, the lock and the store; InvalidInput for a manifest that was changed
 */
export const repairQueue = async (request: RepairRequest, ports: RepairPorts): Promise<QueueRepair> => {
  const { scan, quarantine, keyPrefix, deadlineMs } = request;
  const { queue } = scan;
  const { processed: wanted, others, ids } = await messagesOf(scan, ports.store);
  const total = [...wanted.values()].reduce((sum, times) => sum + times, 0);
  // Nothing to remove: the queue is not touched.
  if (total === 0) return { queue, removed: 0, gone: 0, complete: true, findings: [], deliveries: scan.deliveries };
  const before = await ports.readCounts();
  if (before !== undefined && !hasQueue(before, queue)) {
    const gone = { code: 'QUEUE_GONE', message: goneMessage(queue, total), evidence: { queue, gone: total } };
    return { queue, removed: 0, gone: total, complete: false, findings: [gone], deliveries: { before: 0, after: 0 } };
  }
  const removed: string[] = [];
  const surplus: string[] = [];
  const judge = (message: HeldMessage): ScanVerdict => {
    const id = ports.identify(message);
    if (id === undefined || !ids.has(id)) return 'keep';
    const name = lineName(id, message.createdAtMs);
    if (takeOne(wanted, name)) {
      removed.push(id);
      return 'remove';
    }
    if (!takeOne(others, name)) surplus.push(id);
    return 'keep';
  };
  const sizeAtStart = countsOf(before, queue)?.size;
  const summary = await ports.queueScan.scan(queue, { quarantine, deadlineMs, sizeAtStart }, async (batch) => {
    // Judged before anything is waited for: batches are handed over in the order of the queue.
    const verdicts = batch.map(judge);
    await ports.keepLock();
    return verdicts;
  });
  await ports.store.put(`${keyPrefix}removed.json`, `${JSON.stringify({ queue, quarantine, removed })}\n`);
  const after = await ports.readCounts();
  const findings: Finding[] = [
    ...summary.notes.map((message) => scanNote(queue, message)),
    ...surplusFindings(queue, surplus),
    ...judgeScan(queue, { before, after }, { seen: summary.seen, removed: summary.removed }),
  ];
  return {
    queue,
    removed: summary.removed,
    gone: Math.max(0, total - summary.removed),
    complete: summary.complete && findings.every(isHarmless) && removed.length === summary.removed,
    findings,
    deliveries: summary.deliveries,
  };
};

const goneMessage = (queue: string, total: number): string =>
  `the broker does not have ${queue} any more: the ${total} messages that the manifest wanted removed are gone with it`;
