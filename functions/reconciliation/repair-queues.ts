import type { FinalCheck } from '../control/final-check.ts';
import type { Finding } from '../runtime/finding.ts';
import type { Manifest } from './manifest.ts';
import { endsScanAfterSeconds, forEachQueue, type QueueProgress } from './queue-cursor.ts';
import { type QueueRepair, type RepairPorts, repairQueue } from './repair-queue.ts';
import type { RunDocuments } from './run-documents.ts';

/** What the repair of several queues works with. */
export interface RepairsPorts extends RepairPorts {
  readonly documents: Pick<RunDocuments, 'linesPrefix' | 'putRepair'>;
  /** What speaks against a write now; it also extends the lock. @throws LockLost, ServiceUnavailable */
  readonly finalCheck: FinalCheck;
  readonly repaired: (repair: QueueRepair) => void;
  readonly nowMs: () => number;
}

/** How far the repair has come; `refused` when somebody froze the pair meanwhile. */
export interface RepairsResult extends QueueProgress {
  readonly outcome: 'repaired' | 'refused';
  readonly blockers: readonly Finding[];
  /** What had been repaired when it was refused. */
  readonly warnings: readonly Finding[];
}

const stoppedAfter = (repaired: number, queues: number): readonly Finding[] =>
  repaired === 0
    ? []
    : [
        {
          code: 'REPAIR_STOPPED',
          message: `${repaired} of ${queues} queues are repaired; a repair with the same manifest continues from there`,
          evidence: { repaired, queues },
        },
      ];

/** Repairs the queues of a manifest from `cursor` on, as many as one invocation may start. @throws as `repairQueue` */
export const repairQueues = async (
  { queues }: Pick<Manifest, 'queues'>,
  { cursor, quarantinePrefix }: { readonly cursor: number; readonly quarantinePrefix: string },
  ports: RepairsPorts,
): Promise<RepairsResult> => {
  const deadlineMs = ports.nowMs() + endsScanAfterSeconds * 1_000;
  let blockers: readonly Finding[] = [];
  const progress = await forEachQueue(cursor, queues.length, ports.nowMs, async (index) => {
    const scan = queues[index];
    if (scan === undefined) return false;
    ({ blockers } = await ports.finalCheck());
    if (blockers.length > 0) return false;
    const keyPrefix = ports.documents.linesPrefix('repair', index);
    const quarantine = `${quarantinePrefix}${scan.queue}`;
    const repair = await repairQueue({ scan, quarantine, keyPrefix, deadlineMs }, ports);
    await ports.documents.putRepair(index, repair);
    ports.repaired(repair);
    return true;
  });
  if (blockers.length === 0) return { outcome: 'repaired', blockers, warnings: [], ...progress };
  return { outcome: 'refused', blockers, warnings: stoppedAfter(progress.next, queues.length), ...progress };
};
