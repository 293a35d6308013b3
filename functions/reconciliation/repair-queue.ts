import * as z from 'zod/mini';
import { UnexpectedAnswer } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import { isHarmless, judgeConservation, scanNote } from './conservation.ts';
import { findingSchema, readLines, type ScannedQueue } from './manifest.ts';
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

/** Ids that the manifest proves processed, each with how often it lay in the queue. @throws as `readLines` */
const processedIds = async (scan: ScannedQueue, store: RepairPorts['store']): Promise<Map<string, number>> => {
  const ids = new Map<string, number>();
  for (const part of scan.parts) {
    const text = await store.get(part.key);
    if (text === undefined) {
      throw new UnexpectedAnswer(`part ${part.key} of the manifest is gone: make a new one with mode "report"`, part);
    }
    for (const line of readLines(text, part)) {
      if (line.class === 'processed' && line.id !== null) ids.set(line.id, (ids.get(line.id) ?? 0) + 1);
    }
  }
  return ids;
};

/**
 * Removes from one queue exactly the messages that the manifest proves processed, each after a copy to the quarantine;
 * everything else, what came since included, stays where it is.
 *
 * @throws errors of the scan, the lock and the store; InvalidInput for a manifest that was changed
 */
export const repairQueue = async (request: RepairRequest, ports: RepairPorts): Promise<QueueRepair> => {
  const { scan, quarantine, keyPrefix, deadlineMs } = request;
  const { queue } = scan;
  const wanted = await processedIds(scan, ports.store);
  const total = [...wanted.values()].reduce((sum, times) => sum + times, 0);
  // Nothing to remove: the queue is not touched.
  if (total === 0) return { queue, removed: 0, gone: 0, complete: true, findings: [], deliveries: scan.deliveries };
  const removed: string[] = [];
  const before = (await ports.readCounts())?.queues.get(queue);
  const summary = await ports.queueScan.scan(queue, { quarantine, deadlineMs }, async (batch) => {
    await ports.keepLock();
    return batch.map((message) => {
      const id = ports.identify(message);
      if (id === undefined || !wanted.has(id)) return 'keep';
      removed.push(id);
      return 'remove';
    });
  });
  await ports.store.put(`${keyPrefix}removed.json`, `${JSON.stringify({ queue, quarantine, removed })}\n`);
  const after = (await ports.readCounts())?.queues.get(queue);
  const findings: Finding[] = [
    ...summary.notes.map((message) => scanNote(queue, message)),
    ...judgeConservation(queue, before, after, { seen: summary.seen, removed: summary.removed }),
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
