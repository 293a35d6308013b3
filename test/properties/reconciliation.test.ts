import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEntry, LedgerLookup } from '../../functions/ledger/ledger-entry.ts';
import { judgeConservation } from '../../functions/reconciliation/conservation.ts';
import { identifyHeld } from '../../functions/reconciliation/identify-held.ts';
import { type ManifestLine, readLines, type ScannedQueue } from '../../functions/reconciliation/manifest.ts';
import { ManifestParts } from '../../functions/reconciliation/manifest-parts.ts';
import { fitsPattern } from '../../functions/reconciliation/queue-names.ts';
import { type QueueRepair, repairQueue } from '../../functions/reconciliation/repair-queue.ts';
import { scanQueue } from '../../functions/reconciliation/scan-queue.ts';
import { LockLost } from '../../functions/runtime/errors.ts';
import { noonMs } from '../support/brokers.ts';
import { FakeQueues, FakeStore, heldMessage, type QueuedMessage, ScanCrashed } from '../support/fake-queues.ts';
import { claimRecord, ledgerEntry, processedRecord } from '../support/ledger-entries.ts';
import { manifestLine } from '../support/manifests.ts';

const queue = 'work';
const quarantine = 'mq-dr.quarantine.work';
const east = 'us-east-1';
const west = 'us-west-2';
const runs = { numRuns: 300 };

/** The ledger keeps items for a day; it began two hours ago. */
const span = { startMs: noonMs - 7_200_000, retentionSeconds: 86_400 };

/** Few ids, so that some lie in the queue twice. */
const anyId = fc.integer({ min: 0, max: 24 }).map((number) => `m${number}`);

/** What is true of a message, whoever can read it. */
interface Truth {
  readonly processedIn: readonly string[];
  readonly claimedIn: readonly string[];
  /** Whether the west's items have reached the east. */
  readonly replicated: boolean;
}

const someRegions = fc.subarray([east, west]);
const anyTruth: fc.Arbitrary<Truth> = fc.record({
  processedIn: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, someRegions),
  claimedIn: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, someRegions),
  replicated: fc.boolean(),
});
const anyLedger = fc.dictionary(anyId, anyTruth, { maxKeys: 25 });

const anyMessage: fc.Arbitrary<QueuedMessage> = fc
  .record({
    messageId: fc.option(anyId, { nil: undefined, freq: 8 }),
    createdAtMs: fc.constantFrom(noonMs - 60_000, noonMs - 86_400_000, undefined),
    expiresAtMs: fc.constantFrom(undefined, undefined, noonMs + 1_000, noonMs - 1_000),
  })
  .map(heldMessage);
const anyMessages = (maxLength: number) => fc.array(anyMessage, { maxLength });

/** What others do between two batches of a scan. */
const anyTraffic = fc.array(fc.record({ batch: fc.nat(6), produce: anyMessages(3), consume: fc.nat(3) }), {
  maxLength: 3,
});

/** How one attempt is disturbed. */
const anyAttempt = fc.record({
  batchSize: fc.integer({ min: 1, max: 12 }),
  lanes: fc.integer({ min: 1, max: 4 }),
  traffic: anyTraffic,
  crash: fc.option(fc.record({ batch: fc.nat(6), removals: fc.nat(6), halfDone: fc.boolean() }), { nil: undefined }),
  endsBefore: fc.option(fc.nat(6), { nil: undefined, freq: 5 }),
  lockLostAt: fc.option(fc.nat(6), { nil: undefined, freq: 5 }),
});
type Attempt = typeof anyAttempt extends fc.Arbitrary<infer T> ? T : never;

const calm: Attempt = {
  batchSize: 7,
  lanes: 1,
  traffic: [],
  crash: undefined,
  endsBefore: undefined,
  lockLostAt: undefined,
};

/** The ledger as the east reads it. */
const lookupOf = (ledger: Readonly<Record<string, Truth>>, otherRegion: LedgerEntry['otherRegion']): LedgerLookup => ({
  lookup: async (keys) =>
    keys.map((key) => {
      const truth = ledger[key.id.replace(/^ID:/, '')] ?? { processedIn: [], claimedIn: [], replicated: false };
      const seen = (region: string): boolean => region === east || otherRegion === 'read' || truth.replicated;
      return ledgerEntry({
        key,
        otherRegion,
        processed: truth.processedIn.filter(seen).map((region) => processedRecord({ region })),
        claims: truth.claimedIn.filter(seen).map((region) => claimRecord({ region })),
      });
    }),
});

/** What tells messages apart: ids repeat, at other times. */
const nameOf = ({ messageId, createdAtMs }: QueuedMessage): string => `${createdAtMs ?? null} ID:${messageId}`;

const tally = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, group]) => [name, group.length]));

/** A queue in use, and what became of each of its messages. */
class QueueInUse {
  readonly queues = new FakeQueues();
  readonly store = new FakeStore();
  /** Every message that ever was in the queue, in order. */
  readonly all: QueuedMessage[] = [];
  readonly consumed = new Set<QueuedMessage>();

  constructor(messages: readonly QueuedMessage[]) {
    this.produce(messages);
  }

  produce(messages: readonly QueuedMessage[]): void {
    // Each is a message of its own, also where the generator shares them.
    const own = messages.map((message) => ({ ...message }));
    this.queues.send(queue, own);
    this.all.push(...own);
  }

  consume(count: number): void {
    const before = this.queues.messages(queue).slice();
    this.queues.consume(queue, count);
    const left = new Set(this.queues.messages(queue));
    for (const message of before) if (!left.has(message)) this.consumed.add(message);
  }

  disturb({ traffic, batchSize, lanes, crash, endsBefore }: Attempt): void {
    this.queues.disturbance = {
      batchSize,
      lanes,
      ...(crash && { crash }),
      ...(endsBefore !== undefined && { endsBefore }),
      beforeBatch: (batch) => {
        for (const change of traffic.filter((candidate) => candidate.batch === batch)) {
          this.produce(change.produce);
          this.consume(change.consume);
        }
      },
    };
  }

  async scan(lookup: LedgerLookup): Promise<{ readonly scan: ScannedQueue; readonly lines: readonly ManifestLine[] }> {
    const ports = {
      queueScan: this.queues,
      ledger: lookup,
      identify: identifyHeld({ from: 'message-id' }),
      store: this.store,
      readCounts: this.queues.counts,
      nowMs: () => noonMs,
    };
    const scan = await scanQueue({ pair: 'orders', queue, keyPrefix: 'scan-', span, deadlineMs: noonMs }, ports);
    return { scan, lines: scan.parts.flatMap((part) => readLines(this.store.text(part.key), part)) };
  }

  async repair(scan: ScannedQueue, lockLostAt: number | undefined): Promise<QueueRepair | undefined> {
    let asked = 0;
    const keepLock = async (): Promise<void> => {
      if (asked === lockLostAt) throw new LockLost('another run acts');
      asked += 1;
    };
    const ports = {
      queueScan: this.queues,
      identify: identifyHeld({ from: 'message-id' }),
      store: this.store,
      readCounts: this.queues.counts,
      keepLock,
    };
    try {
      return await repairQueue({ scan, quarantine, keyPrefix: 'repair-', deadlineMs: noonMs }, ports);
    } catch (error) {
      if (error instanceof ScanCrashed || error instanceof LockLost) return undefined;
      throw error;
    }
  }

  /** Messages that are in the queue no more although nobody else took them. */
  removed(): readonly QueuedMessage[] {
    const left = new Set(this.queues.messages(queue));
    return this.all.filter((message) => !left.has(message) && !this.consumed.has(message));
  }
}

describe('a reconciliation of any queue by any ledger', () => {
  it('removes nothing without a proof and a copy, nothing that its manifest does not name, and keeps the order', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyMessages(60),
        anyLedger,
        fc.constantFrom('read' as const, 'unreachable' as const),
        fc.array(anyAttempt, { maxLength: 4 }),
        async (messages, ledger, otherRegion, attempts) => {
          const use = new QueueInUse(messages);
          const { scan, lines } = await use.scan(lookupOf(ledger, otherRegion));
          const listed = tally(
            lines.filter((line) => line.class === 'processed').map(({ id, createdAtMs }) => `${createdAtMs} ${id}`),
          );
          for (const attempt of [...attempts, calm]) {
            use.disturb(attempt);
            const presentBefore = tally(use.queues.messages(queue).map(nameOf));
            const removedBefore = new Set(use.removed());
            await use.repair(scan, attempt.lockLostAt);
            const removed = use.removed();
            const copies = new Set(use.queues.messages(quarantine));
            for (const message of removed) {
              expect(ledger[String(message.messageId)]?.processedIn.length).toBeGreaterThan(0);
              expect(copies.has(message)).toBe(true);
            }
            // As often as the manifest lists a message, and not once more, however often its id came again.
            const now = tally(removed.filter((message) => !removedBefore.has(message)).map(nameOf));
            for (const [name, count] of now) expect(count).toBeLessThanOrEqual(listed.get(name) ?? 0);
            // The last attempt was left alone: it found all that was there.
            if (attempt === calm) {
              for (const [name, count] of listed) {
                expect(now.get(name) ?? 0).toBe(Math.min(count, presentBefore.get(name) ?? 0));
              }
            }
            // Everything else is there, once, in the order in which it came.
            const gone = new Set([...removed, ...use.consumed]);
            expect(use.queues.messages(queue)).toEqual(use.all.filter((message) => !gone.has(message)));
            // Copies are of messages that the manifest names, too.
            for (const copy of copies) expect(listed.has(nameOf(copy))).toBe(true);
          }
        },
      ),
      runs,
    );
  });

  it('calls a message processed or unprocessed only when it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyMessages(60),
        anyLedger,
        fc.constantFrom('read' as const, 'unreachable' as const),
        anyAttempt,
        async (messages, ledger, otherRegion, { lanes, batchSize }) => {
          const use = new QueueInUse(messages);
          use.disturb({ ...calm, lanes, batchSize });
          const { scan, lines } = await use.scan(lookupOf(ledger, otherRegion));
          expect(lines.map(({ position }) => position)).toEqual(messages.map((_, index) => index));
          for (const [index, line] of lines.entries()) {
            const message = messages[index] ?? heldMessage();
            const truth = ledger[String(message.messageId)];
            const untouched = (truth?.processedIn.length ?? 0) === 0 && (truth?.claimedIn.length ?? 0) === 0;
            if (line.class === 'processed') expect(truth?.processedIn.length).toBeGreaterThan(0);
            if (line.class === 'unprocessed') {
              expect([untouched, otherRegion, message.messageId === undefined]).toEqual([true, 'read', false]);
              expect(message.createdAtMs).toBeGreaterThan(span.startMs);
            }
            if (line.class === 'expired') expect(message.expiresAtMs).toBeLessThanOrEqual(noonMs);
          }
          const sum = Object.values(scan.counts).reduce((one, other) => one + other, 0);
          expect([scan.complete, sum]).toEqual([true, messages.length]);
          expect(use.queues.messages(queue)).toEqual(messages);
        },
      ),
      runs,
    );
  });

  it('conserves the counts, or says that it is incomplete', async () => {
    await fc.assert(
      fc.asyncProperty(anyMessages(60), anyLedger, anyAttempt, anyAttempt, async (messages, ledger, first, second) => {
        const use = new QueueInUse(messages);
        use.disturb({ ...first, crash: undefined });
        const { scan, lines } = await use.scan(lookupOf(ledger, 'read'));
        const listed = Object.values(scan.counts).reduce((one, other) => one + other, 0);
        expect(lines.length).toBe(listed);
        // A complete scan has seen at least what nobody took, and no more than ever was there.
        if (scan.complete) {
          expect(listed).toBeGreaterThanOrEqual(messages.length - use.consumed.size);
          expect(listed).toBeLessThanOrEqual(use.all.length);
        }
        const cutShort = (attempt: Attempt, length: number): boolean =>
          attempt.endsBefore !== undefined && attempt.endsBefore * attempt.batchSize < length;
        if (cutShort(first, messages.length) && first.traffic.length === 0) expect(scan.complete).toBe(false);
        use.disturb(second);
        const copiesBefore = use.queues.messages(quarantine).length;
        const repair = await use.repair(scan, second.lockLostAt);
        if (repair === undefined) return;
        expect(repair.removed).toBe(use.removed().length);
        expect(use.queues.messages(quarantine).length - copiesBefore).toBe(repair.removed);
        expect(use.all.length).toBe(use.queues.messages(queue).length + use.consumed.size + repair.removed);
      }),
      runs,
    );
  });
});

describe('the judgement of counts', () => {
  it('is silent about a scan that saw everything, whatever others did meanwhile', () => {
    fc.assert(
      fc.property(
        fc.record({ size: fc.nat(1_000), enqueued: fc.nat(10_000), dequeued: fc.nat(10_000) }),
        fc.record({ came: fc.nat(500), taken: fc.nat(500), seenOfCome: fc.nat(500), missedOfTaken: fc.nat(500) }),
        fc.nat(500),
        ({ size, enqueued, dequeued }, others, wanted) => {
          const taken = Math.min(others.taken, size);
          const removed = Math.min(wanted, size - taken);
          const before = { size, enqueued, dequeued, consumers: 0 };
          const after = {
            size: size + others.came - taken - removed,
            enqueued: enqueued + others.came,
            dequeued: dequeued + taken + removed,
            consumers: 1,
          };
          const seen = size - Math.min(others.missedOfTaken, taken) + Math.min(others.seenOfCome, others.came);
          expect(judgeConservation(queue, before, after, { seen, removed })).toEqual([]);
        },
      ),
      runs,
    );
  });

  it('names every message that was not seen in a queue that nobody else used', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.nat(),
        fc.integer({ min: 1 }),
        (size, removedSeed, missedSeed) => {
          const removed = removedSeed % size;
          const missed = 1 + (missedSeed % size);
          const before = { size, enqueued: size, dequeued: 0, consumers: 0 };
          const after = { ...before, size: size - removed, dequeued: removed };
          const found = judgeConservation(queue, before, after, { seen: size - missed, removed });
          expect(found.map(({ code }) => code)).toEqual(['SEEN_MISMATCH']);
        },
      ),
      runs,
    );
  });
});

describe('the parts of a manifest', () => {
  it('hold every line once and in order, whatever order the batches come in', async () => {
    const batches = fc
      .array(fc.integer({ min: 1, max: 900 }), { maxLength: 14 })
      .chain((sizes) =>
        fc.tuple(fc.constant(sizes), fc.shuffledSubarray([...sizes.keys()], { minLength: sizes.length })),
      );
    await fc.assert(
      fc.asyncProperty(batches, async ([sizes, order]) => {
        const store = new FakeStore();
        const parts = new ManifestParts(store, 'p-');
        const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
        for (const index of order) {
          const from = starts[index] ?? 0;
          await parts.add(Array.from({ length: sizes[index] ?? 0 }, (_, at) => manifestLine({ position: from + at })));
        }
        const { parts: stored, counts } = await parts.end();
        const positions = stored
          .flatMap((part) => readLines(store.text(part.key), part))
          .map(({ position }) => position);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(positions).toEqual(Array.from({ length: total }, (_, position) => position));
        expect(counts.processed).toBe(total);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a pattern of queue names', () => {
  it('fits what the regular expression of the same meaning fits', () => {
    const letters = fc.constantFrom('a', 'b', '.', '*');
    const pattern = fc.string({ unit: letters, maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
    fc.assert(
      fc.property(name, pattern, (text, wanted) => {
        const meaning = new RegExp(`^${wanted.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 's');
        expect(fitsPattern(text, wanted)).toBe(meaning.test(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
