import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoLedgerTable, ledgerClient } from '../../../functions/ledger/dynamodb/dynamo-ledger-table.ts';
import { TableLookup } from '../../../functions/ledger/lookup-entries.ts';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import { noMessages, type ScannedQueue } from '../../../functions/reconciliation/manifest.ts';
import { ManifestParts } from '../../../functions/reconciliation/manifest-parts.ts';
import { type QueueRepair, repairQueue } from '../../../functions/reconciliation/repair-queue.ts';
import { scanQueue } from '../../../functions/reconciliation/scan-queue.ts';
import { systemClock } from '../../../functions/runtime/clock.ts';
import { type ScanTarget, scanOn } from '../../real/activemq/broker-access.ts';
import type { DynamoDbLocalAccess } from '../../real/dynamodb/dynamodb-local.ts';
import { clientSettingsFor } from '../../real/dynamodb/ledger-tables.ts';
import { idOf, ledgerSpan, numbersTo, scene } from './backlog.ts';
import { type Measured, measured } from './measured.ts';

/** What a scan or a repair talks to. */
export interface Access {
  readonly broker: ScanTarget;
  readonly ledger: DynamoDbLocalAccess;
  /** Stands for the report bucket. */
  readonly folder: string;
  /** When every message was made, by its own word: before the proofs, and the same in each filling, as a manifest wants it. */
  readonly createdAtMs: number;
}

/** Longer than any of it takes. */
const timeoutMs = 600_000;

const storeIn = (folder: string) => ({
  put: async (key: string, text: string): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, key), text);
  },
  get: async (key: string): Promise<string> => await readFile(join(folder, key), 'utf8'),
});

/** What scan and repair have in common. The bench counts itself, so the broker's counters are left out. */
const portsOf = ({ broker, folder }: Access) => ({
  queueScan: scanOn(broker),
  identify: identifyHeld({ from: 'message-id' }),
  store: storeIn(folder),
  readCounts: async () => undefined,
});

/** Scans the queue as the function does, with the ledger of both Regions. */
export const scan = async (access: Access): Promise<Measured<ScannedQueue>> => {
  const { pair, queue, region, otherRegion } = scene;
  const clientOf = (name: string) => ledgerClient(clientSettingsFor(access.ledger, name));
  const clients = { own: clientOf(region), other: clientOf(otherRegion) };
  const common = { clock: systemClock, random: Math.random, tableName: scene.table };
  const ledger = new TableLookup({
    own: new DynamoLedgerTable({ ...common, region, client: () => clients.own }),
    otherRegion,
    other: new DynamoLedgerTable({ ...common, region: otherRegion, client: () => clients.other }),
    clock: systemClock,
  });
  const request = { pair, queue, keyPrefix: 'scan-', span: ledgerSpan, deadlineMs: Date.now() + timeoutMs };
  const ports = { ...portsOf(access), ledger, nowMs: () => systemClock.nowMs() };
  const scanned = await measured(() => scanQueue(request, ports));
  clients.own.destroy();
  clients.other.destroy();
  return scanned;
};

/** Repairs the queue as the function does. @param manifest what a scan found */
export const repair = async (access: Access, manifest: ScannedQueue): Promise<Measured<QueueRepair>> => {
  const { quarantine } = scene;
  const request = { scan: manifest, quarantine, keyPrefix: 'repair-', deadlineMs: Date.now() + timeoutMs };
  return await measured(() => repairQueue(request, { ...portsOf(access), keepLock: async () => {} }));
};

/** A scan's result in which every message is processed: a repair by it does nothing but remove. */
export const allProcessed = async ({ folder, createdAtMs }: Access, messages: number): Promise<ScannedQueue> => {
  const parts = new ManifestParts(storeIn(folder), 'all-');
  const { queue: destination, region } = scene;
  const processed = { region, atMs: 0, by: 'bench' };
  for (const position of numbersTo(messages)) {
    const times = { createdAtMs, expiresAtMs: null, groupId: null };
    const judged = { id: idOf(position), class: 'processed', reason: 'processed-once', processed } as const;
    await parts.add([{ destination, position, deliveries: 0, ...times, ...judged }]);
  }
  const { parts: written } = await parts.end();
  return {
    queue: destination,
    parts: [...written],
    counts: { ...noMessages, processed: messages },
    processedTwice: 0,
    complete: true,
    findings: [],
    deliveries: { before: 0, after: 0 },
  };
};
