import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifyHeld } from '../../functions/reconciliation/identify-held.ts';
import { readLines } from '../../functions/reconciliation/manifest.ts';
import type { DestinationCounts } from '../../functions/reconciliation/queue-counts.ts';
import { reconcileEnding, repairTotals } from '../../functions/reconciliation/reconcile-outcome.ts';
import { repairQueue } from '../../functions/reconciliation/repair-queue.ts';
import { scanQueue } from '../../functions/reconciliation/scan-queue.ts';
import { scanTotals } from '../../functions/reconciliation/scan-totals.ts';
import { ServiceUnavailable } from '../../functions/runtime/errors.ts';
import { east, west } from '../../testbed/orders.ts';
import { noonMs } from '../support/brokers.ts';
import { FakeQueues, FakeStore, heldMessage, type QueuedMessage } from '../support/fake-queues.ts';
import { failingTable, TwoLedgerRegions } from '../support/two-ledger-regions.ts';

const queue = 'work';
const quarantine = 'mq-dr.quarantine.work';
const span = { startMs: noonMs - 86_400_000, retentionSeconds: 864_000 };

/** Producers that set times may repeat ids, as processes from one image do; others have ids of their own. */
const anyProducer = fc.oneof(
  fc.record({ id: fc.integer({ min: 0, max: 3 }), madeMs: fc.integer({ min: -61_000, max: 61_000 }) }),
  fc.record({ id: fc.integer({ min: 100, max: 100_000 }), madeMs: fc.constant(undefined) }),
);

/** What becomes of a delivery: `crashed` after the side effect, `killed` before it. */
const anyDelivery = fc.record({
  kind: fc.constant('deliver' as const),
  region: fc.constantFrom(east, west),
  pick: fc.nat(20),
  outcome: fc.constantFrom('done' as const, 'done' as const, 'crashed' as const, 'killed' as const, 'failed' as const),
  /** Whether its acknowledgement reaches the broker that is primary later. */
  crosses: fc.boolean(),
});

const anyStep = fc.oneof(
  { weight: 3, arbitrary: anyProducer.map((producer) => ({ kind: 'send' as const, ...producer })) },
  { weight: 4, arbitrary: anyDelivery },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 30_000, 75_000).map((ms) => ({ kind: 'wait' as const, ms })) },
);

/** What is in the way of the reconciliation. */
const anyTrouble = fc.record({
  otherRegion: fc.constantFrom('read' as const, 'read' as const, 'unreachable' as const),
  endsBefore: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(3) }),
  counters: fc.oneof(
    { weight: 6, arbitrary: fc.constant('shown' as const) },
    { weight: 1, arbitrary: fc.constantFrom('odd' as const, 'queue-gone' as const) },
  ),
  undecodable: fc.constantFrom(false, false, false, false, true),
  lanes: fc.integer({ min: 1, max: 3 }),
});

/** A queue, the consumers of both Regions with the real ledger, and what really happened to each message. */
class Estate {
  readonly regions = new TwoLedgerRegions();
  readonly queues = new FakeQueues();
  readonly #effects = new Map<QueuedMessage, number>();
  readonly #recorded = new Set<QueuedMessage>();
  readonly #inDoubt = new Set<QueuedMessage>();
  #runs = 0;

  send(id: number, madeMs: number | undefined): void {
    const createdAtMs = madeMs === undefined ? undefined : this.regions.clock.nowMs() + madeMs;
    const twin = this.queues
      .messages(queue)
      .concat([...this.#effects.keys()])
      .some((message) => message.messageId === `m${id}` && message.createdAtMs === createdAtMs);
    // Nobody makes two messages with one id at one time.
    if (!twin) this.queues.send(queue, [heldMessage({ messageId: `m${id}`, createdAtMs })]);
  }

  effectsOf(message: QueuedMessage): number {
    return this.#effects.get(message) ?? 0;
  }

  isRecorded(message: QueuedMessage): boolean {
    return this.#recorded.has(message);
  }

  isInDoubt(message: QueuedMessage): boolean {
    return this.#inDoubt.has(message);
  }

  async deliver({ region, pick, outcome, crosses }: typeof anyDelivery extends fc.Arbitrary<infer T> ? T : never) {
    const waiting = this.queues.messages(queue);
    const message = waiting[pick % Math.max(1, waiting.length)];
    if (message === undefined) return;
    this.#runs += 1;
    const ledger = this.regions.ledger(region, `run-${this.#runs}`);
    const key = { pair: 'orders', destination: queue, id: `ID:${message.messageId}` };
    const result = await ledger.claim({ ...key, createdAtMs: message.createdAtMs });
    if (result.status === 'processed') {
      // Acknowledged without a side effect: it must have had one.
      expect(this.effectsOf(message)).toBeGreaterThan(0);
      if (crosses) this.#acknowledge(message);
    }
    if (result.status !== 'claimed') return;
    if (outcome === 'done' || outcome === 'crashed') this.#effects.set(message, this.effectsOf(message) + 1);
    if (outcome === 'done') {
      await ledger.confirm(key);
      this.#recorded.add(message);
      if (crosses) this.#acknowledge(message);
    } else if (outcome === 'failed') await ledger.abandon(key);
    else this.#inDoubt.add(message);
  }

  #acknowledge(message: QueuedMessage): void {
    this.queues.take(queue, message);
  }
}

describe('the books', () => {
  it('agree with what happened, and "Reconciled" means that every message left has the class that they say', async () => {
    let reconciled = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 4, maxLength: 40 }), anyTrouble, async (steps, trouble) => {
        const estate = new Estate();
        const { regions, queues } = estate;
        for (const step of steps) {
          if (step.kind === 'send') estate.send(step.id, step.madeMs);
          else if (step.kind === 'wait') regions.clock.advanceMs(step.ms);
          else await estate.deliver(step);
        }
        if (trouble.undecodable) {
          queues.send(queue, [heldMessage({ messageId: undefined, createdAtMs: undefined, undecodable: true })]);
        }
        const there = [...queues.messages(queue)];
        const store = new FakeStore();
        const reader = regions.ledger(west, 'reader', {
          otherTable: failingTable(regions.tables.in(east), () =>
            trouble.otherRegion === 'read' ? undefined : new ServiceUnavailable('the Region is lost'),
          ),
        });
        const readCounts = async (): Promise<DestinationCounts> => {
          const shown = await queues.counts();
          if (trouble.counters === 'shown' || there.length === 0) return shown;
          const others = new Map([...shown.queues].filter(([name]) => name !== queue));
          const oddQueues = trouble.counters === 'odd' ? [{ queue, problem: 'size is "-1"' }] : [];
          return { ...shown, queues: others, oddQueues };
        };
        const common = { queueScan: queues, identify: identifyHeld({ from: 'message-id' }), store, readCounts };
        const deadlineMs = regions.clock.nowMs() + 270_000;
        queues.disturbance = {
          batchSize: 3,
          lanes: trouble.lanes,
          ...(trouble.endsBefore !== undefined && { endsBefore: trouble.endsBefore }),
        };
        const request = { pair: 'orders', queue, keyPrefix: 'scan-', span, deadlineMs };
        const scan = await scanQueue(request, { ...common, ledger: reader, nowMs: () => regions.clock.nowMs() });
        const lines = scan.parts.flatMap((part) => readLines(store.text(part.key), part));
        const repair = await repairQueue(
          { scan, quarantine, keyPrefix: 'repair-', deadlineMs },
          { ...common, keepLock: async () => {} },
        );
        const removed = there.filter((message) => !queues.messages(queue).includes(message));
        for (const message of removed) expect(estate.isRecorded(message)).toBe(true);
        for (const line of lines) {
          const message = there[line.position];
          if (message === undefined) throw new TypeError(`no message at ${line.position}`);
          if (line.class === 'processed') expect(estate.effectsOf(message)).toBeGreaterThan(0);
          if (line.class === 'unprocessed') {
            expect([estate.effectsOf(message), estate.isInDoubt(message)]).toEqual([0, false]);
          }
        }
        const totals = scanTotals({ queues: [scan], uncovered: [] });
        if (reconcileEnding('auto', totals, repairTotals([repair])) !== 'Reconciled') return;
        reconciled += 1;
        expect(trouble.undecodable).toBe(false);
        const classOf = new Map(lines.map((line) => [there[line.position], line.class]));
        for (const message of queues.messages(queue)) {
          const known = classOf.get(message);
          expect(known).toBeDefined();
          // What the ledger has a record of is gone; what is left without one is uncertain or was never touched.
          expect(known).not.toBe('processed');
          if (estate.isRecorded(message)) expect([known, trouble.otherRegion]).toEqual(['uncertain', 'unreachable']);
          else if (estate.isInDoubt(message)) expect(known).toBe('uncertain');
        }
      }),
      { numRuns: 400 },
    );
    expect(reconciled).toBeGreaterThan(50);
  }, 120_000);
});
