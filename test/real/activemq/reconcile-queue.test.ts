import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoLedgerTable, ledgerClient } from '../../../functions/ledger/dynamodb/dynamo-ledger-table.ts';
import { createLedger } from '../../../functions/ledger/index.ts';
import { TableLookup } from '../../../functions/ledger/lookup-entries.ts';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import { readLines } from '../../../functions/reconciliation/manifest.ts';
import { repairQueue } from '../../../functions/reconciliation/repair-queue.ts';
import { scanQueue } from '../../../functions/reconciliation/scan-queue.ts';
import { systemClock } from '../../../functions/runtime/clock.ts';
import { east, west } from '../../../testbed/orders.ts';
import { countsOn, scanOn } from '../../../tools/real/activemq/broker-access.ts';
import { openBroker } from '../../../tools/real/activemq/given-broker.ts';
import type { TestBroker } from '../../../tools/real/activemq/test-broker.ts';
import type { DynamoDbLocalAccess } from '../../../tools/real/dynamodb/dynamodb-local.ts';
import { clientSettingsFor, createLedgerTables } from '../../../tools/real/dynamodb/ledger-tables.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { type OpenDynamoDb, openDynamoDb } from '../dynamodb/open-dynamodb.ts';
import { difference, fillQueue, idOfRaw, noDifference } from './filled-queue.ts';
import { JmsTool } from './jms-tool.ts';
import { rawMessages } from './raw-queue.ts';
import { withoutActiveMq } from './without-activemq.ts';

const pair = 'orders';
const scanTimeMs = 120_000;

/** The messages say that they are months old, and the ledger remembers a year. */
const span = { startMs: 0, retentionSeconds: 31_536_000 };

/** Tables and consumers of both Regions' ledger. */
class TwoRegions {
  readonly #access: DynamoDbLocalAccess;
  readonly #tableName = `ledger-${randomUUID()}`;

  constructor(access: DynamoDbLocalAccess) {
    this.#access = access;
  }

  async create(): Promise<void> {
    await createLedgerTables(this.#access, this.#tableName, [east, west]);
  }

  /** A consumer of the Region takes the messages, and confirms those that it says it did. */
  async consume(queue: string, region: string, ids: readonly string[], isDone: (index: number) => boolean) {
    const ledger = createLedger({
      pair,
      region,
      otherRegion: region === west ? east : west,
      table: this.#tableName,
      consumer: 'billing',
      client: (asked) => ledgerClient(clientSettingsFor(this.#access, asked)),
    });
    const keys = ids.map((id) => ({ pair, destination: queue, id }));
    await ledger.claimAll(keys);
    await ledger.confirmAll(keys.filter((_key, index) => isDone(index)));
  }

  lookup(): TableLookup {
    const table = (region: string): DynamoLedgerTable => {
      const client = ledgerClient(clientSettingsFor(this.#access, region));
      const common = { tableName: this.#tableName, clock: systemClock, random: Math.random };
      return new DynamoLedgerTable({ ...common, region, client: () => client });
    };
    return new TableLookup({ own: table(west), otherRegion: east, other: table(east), clock: systemClock });
  }
}

describe.runIf(!withoutActiveMq)('the reconciliation of a queue on a real broker', () => {
  let broker: TestBroker;
  let jms: JmsTool;
  let dynamoDb: OpenDynamoDb;

  beforeAll(async () => {
    broker = await openBroker(process.env);
    jms = await JmsTool.compile(broker);
    dynamoDb = await openDynamoDb(process.env);
  });

  afterAll(async () => {
    await dynamoDb?.stop();
    await jms?.dispose();
    await broker?.stop();
  });

  const readCounts = () => countsOn(broker);

  it('finds by the ledgers of both Regions what was processed, removes that, and the console’s counters agree', async () => {
    // A name with everything that a page must escape.
    const queue = `orders & "co" <${randomUUID()}>`.replace('>', '~');
    const quarantine = `mq-dr.quarantine.${randomUUID()}`;
    const filled = await fillQueue(broker, jms, queue, { jms: 900, amqp: 900 });
    const regions = new TwoRegions(dynamoDb.access);
    await regions.create();
    const ids = (from: number, to: number): readonly string[] =>
      filled.order.filter((_id, position) => position % 10 >= from && position % 10 < to);
    // Two tenths were processed before the outage, one tenth after it; a consumer died with one tenth in hand.
    await regions.consume(queue, east, ids(0, 2), () => true);
    await regions.consume(queue, west, ids(2, 3), () => true);
    await regions.consume(queue, west, ids(3, 4), () => false);

    const parts = new Map<string, string>();
    const store = {
      put: async (key: string, text: string): Promise<void> => void parts.set(key, text),
      get: async (key: string): Promise<string | undefined> => parts.get(key),
    };
    const deadlineMs = Date.now() + scanTimeMs;
    const common = { queueScan: scanOn(broker), identify: identifyHeld({ from: 'message-id' }), store, readCounts };
    const scan = await scanQueue(
      { pair, queue, keyPrefix: 'scan-', span, deadlineMs },
      { ...common, ledger: regions.lookup(), nowMs: Date.now },
    );
    const processed = new Set(ids(0, 3));
    expect(scan.findings).toEqual([]);
    expect(scan).toMatchObject({ complete: true, processedTwice: 0, deliveries: { before: 0, after: 0 } });
    expect(scan.counts).toMatchObject({ processed: processed.size, uncertain: ids(3, 4).length, expired: 0 });
    const lines = scan.parts.flatMap((part) => readLines(parts.get(part.key) ?? '', part));
    expect(lines.map(({ id }) => id)).toEqual(filled.order);
    expect(
      difference(
        lines.filter((line) => line.class === 'processed').map(({ id }) => id ?? ''),
        [...processed],
      ),
    ).toEqual(noDifference);

    const repaired = await repairQueue(
      { scan, quarantine, keyPrefix: 'repair-', deadlineMs },
      { ...common, keepLock: async () => {} },
    );
    expect(repaired).toMatchObject({ removed: processed.size, gone: 0, complete: true, findings: [] });
    const { queues } = await readCounts();
    expect(queues.get(queue)).toMatchObject({ size: 1_800 - processed.size, dequeued: processed.size, consumers: 0 });
    expect(queues.get(quarantine)).toMatchObject({ size: processed.size });
    expect((await rawMessages(broker, queue)).map(idOfRaw)).toEqual(filled.order.filter((id) => !processed.has(id)));
    // The same again finds nothing to do, whatever the manifest says.
    const again = await repairQueue(
      { scan, quarantine, keyPrefix: 'again-', deadlineMs },
      { ...common, keepLock: async () => {} },
    );
    expect(again).toMatchObject({ removed: 0, gone: processed.size, complete: true });
  });

  it('is incomplete, loudly, when a consumer holds some of the messages', async () => {
    const queue = `held-${randomUUID()}`;
    await fillQueue(broker, jms, queue, { jms: 300, amqp: 0 });
    const regions = new TwoRegions(dynamoDb.access);
    await regions.create();
    // Longer than a scan waits for what somebody has in hand.
    const live = await jms.consumeSlowly(queue, 12_000);
    await waitUntil('a message in hand', 10_000, async () => live.received.length || undefined);
    const scan = await scanQueue(
      {
        pair,
        queue,
        keyPrefix: 'scan-',
        span,
        deadlineMs: Date.now() + scanTimeMs,
      },
      {
        queueScan: scanOn(broker),
        identify: identifyHeld({ from: 'message-id' }),
        store: { put: async () => {} },
        readCounts,
        ledger: regions.lookup(),
        nowMs: Date.now,
      },
    );
    await live.end();
    expect(scan.complete).toBe(false);
    expect(scan.findings.map(({ code }) => code)).toContain('HELD_BY_CONSUMERS');
  });
});
