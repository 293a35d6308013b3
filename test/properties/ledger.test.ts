import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockSkewSeconds } from '../../functions/control/guards.ts';
import { judgeDuplicate } from '../../functions/ledger/judge-duplicate.ts';
import { Ledger } from '../../functions/ledger/ledger.ts';
import type { LedgerEntry, MessageKey } from '../../functions/ledger/ledger-entry.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { ServiceUnavailable } from '../../functions/runtime/errors.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { randomStream } from '../../simulator/world/seeded-random.ts';
import { east, west } from '../../testbed/orders.ts';
import { noonMs } from '../support/brokers.ts';
import { FakeLedgerTables, type FakeWrite } from '../support/fake-ledger-tables.ts';
import { ledgerKeys } from '../support/simulated-tables.ts';

const leaseSeconds = 30;
const messages = ledgerKeys('a', 'b');

/** What a consumer does with the messages it has claimed. */
type End = 'confirm' | 'abandon' | 'crash before the effect' | 'crash after the effect';

interface Step {
  readonly afterMs: number;
  readonly handlerMs: number;
  readonly end: End;
  readonly wants: readonly MessageKey[];
}

interface Consumer {
  readonly region: string;
  readonly skewMs: number;
  readonly steps: readonly Step[];
}

/** Moments, the usual pace, and silences around the lease and its allowance. */
const spanMs = fc.oneof(
  fc.integer({ min: 0, max: 2_000 }),
  fc.integer({ min: 2_000, max: 25_000 }),
  fc.integer({ min: 25_000, max: 60_000 }),
);

const consumer: fc.Arbitrary<Consumer> = fc.record({
  region: fc.constantFrom(west, west, east),
  // Any two clocks differ by no more than the skew that is allowed for.
  skewMs: fc.integer({ min: -clockSkewSeconds * 500, max: clockSkewSeconds * 500 }),
  steps: fc.array(
    fc.record({
      afterMs: spanMs,
      handlerMs: spanMs,
      end: fc.constantFrom<End>('confirm', 'confirm', 'abandon', 'crash before the effect', 'crash after the effect'),
      wants: fc.subarray(messages, { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

/** A span of true time in which a consumer could believe that it held a message. */
interface Span {
  readonly what: string;
  readonly owner: string;
  readonly fromMs: number;
  toMs: number;
}

interface Effect {
  readonly key: MessageKey;
  readonly owner: string;
  recorded: boolean;
}

interface Observed {
  readonly held: readonly Span[];
  readonly effects: readonly Effect[];
  readonly writes: readonly FakeWrite[];
  /** Looked up from each Region with both replicas, and from each alone, after everything has been replicated. */
  readonly lookups: readonly (readonly LedgerEntry[])[];
}

const skewed = (clock: VirtualClock, skewMs: number): Clock => ({
  nowMs: () => clock.nowMs() + skewMs,
  sleepMs: (milliseconds) => clock.sleepMs(milliseconds),
  concurrently: (tasks) => clock.concurrently(tasks),
});

const silent = { info: () => {}, warn: () => {}, error: () => {} };

const play = async (consumers: readonly Consumer[], seed: number): Promise<Observed> => {
  const clock = new VirtualClock({ startMs: noonMs });
  const random = randomStream(seed, 'ledger');
  const lossRate = [0, 0.1, 0.5][seed % 3] ?? 0;
  const tables = new FakeLedgerTables(
    {
      clock,
      travelMs: () => Math.floor(random() * 400),
      losesAnswer: () => random() < lossRate,
      standsStillMs: () => (random() < 0.1 ? Math.floor(random() * 60_000) : 0),
      lagMs: () => Math.floor(random() * 90_000),
    },
    [west, east],
  );
  const held: Span[] = [];
  const effects: Effect[] = [];
  const ledgerOf = (owner: string, region: string, ownClock: Clock, readsOther = true): Ledger =>
    new Ledger({
      pair: 'orders',
      region,
      otherRegion: region === west ? east : west,
      table: tables.in(region, ownClock),
      otherTable: readsOther ? tables.in(region === west ? east : west, ownClock) : undefined,
      consumer: 'billing',
      owner,
      leaseSeconds,
      retentionSeconds: 86_400,
      identity: { from: 'message-id' },
      clock: ownClock,
      log: silent,
      observer: {},
    });

  const unlessUnavailable = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ServiceUnavailable) return undefined;
      throw error;
    }
  };

  const live = async (name: string, { region, skewMs, steps }: Consumer): Promise<void> => {
    let ledger = ledgerOf(`${name}/0`, region, skewed(clock, skewMs));
    const crash = (life: number): void => {
      ledger = ledger.withOwner(`${name}/${life}`);
    };
    for (const [index, { afterMs, handlerMs, end, wants }] of steps.entries()) {
      await clock.sleepMs(afterMs);
      const results = (await unlessUnavailable(() => ledger.claimAll(wants))) ?? [];
      const { owner } = ledger.settings;
      const claimed = results.filter((result) => result.status === 'claimed');
      const spans = claimed.map(({ key, leaseUntilMs }) => {
        const span = { what: `${region} ${key.id}`, owner, fromMs: clock.nowMs(), toMs: leaseUntilMs - skewMs };
        held.push(span);
        return span;
      });
      const letGo = (): void => {
        for (const span of spans) span.toMs = Math.min(span.toMs, clock.nowMs());
      };
      if (claimed.length === 0) continue;
      await clock.sleepMs(handlerMs);
      const keys = claimed.map(({ key }) => key);
      if (end === 'crash before the effect') crash(index + 1);
      if (end === 'abandon') {
        letGo();
        await unlessUnavailable(() => ledger.abandonAll(keys));
      }
      if (end === 'confirm' || end === 'crash after the effect') {
        const caused = keys.map((key): Effect => ({ key, owner, recorded: false }));
        effects.push(...caused);
        if (end === 'crash after the effect') crash(index + 1);
        else {
          letGo();
          const confirmed = await unlessUnavailable(() => ledger.confirmAll(keys));
          for (const effect of caused) effect.recorded = confirmed !== undefined;
          // A careless consumer: what was not confirmed must not count as given back.
          if (confirmed === undefined && index % 2 === 0) await unlessUnavailable(() => ledger.abandonAll(keys));
        }
      }
    }
  };

  return await clock.run('test', async () => {
    const actors = consumers.map((each, index) => clock.spawn(`consumer ${index}`, () => live(`c${index}`, each)));
    for (const actor of actors) await clock.join(actor);
    await clock.sleepMs(3_600_000);
    const lookups: (readonly LedgerEntry[])[] = [];
    for (const region of [west, east]) {
      for (const readsOther of [true, false]) {
        const entries = await unlessUnavailable(() => ledgerOf('reader', region, clock, readsOther).lookup(messages));
        if (entries !== undefined) lookups.push(entries);
      }
    }
    return { held, effects, writes: tables.writes, lookups };
  });
};

const overlaps = (spans: readonly Span[]): readonly (readonly [Span, Span])[] =>
  spans.flatMap((one, index) =>
    spans
      .slice(index + 1)
      .filter((other) => other.what === one.what && other.owner !== one.owner)
      .filter((other) => one.fromMs < other.toMs && other.fromMs < one.toMs)
      .map((other) => [one, other] as const),
  );

const whateverHappens = (check: (observed: Observed) => void, numRuns = 500): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(consumer, { minLength: 2, maxLength: 4 }), fc.nat(), async (consumers, seed) => {
      check(await play(consumers, seed));
    }),
    { numRuns },
  );

/** What a lookup tells about a message, with what really happened to it. */
const cases = ({ effects, lookups }: Observed) =>
  lookups.flatMap((entries) =>
    entries.map((entry) => ({ entry, effects: effects.filter(({ key }) => key.id === entry.key.id) })),
  );

describe('the ledger, whatever clocks, crashes, lost answers and replication do', () => {
  it('gives a message to one consumer of a Region at a time', async () => {
    await whateverHappens(({ held }) => expect(overlaps(held)).toEqual([]));
  });

  it('never loses or alters a record, and writes no item of another Region', async () => {
    await whateverHappens(({ writes, lookups }) => {
      const first = new Map<string, FakeWrite>();
      for (const write of writes) {
        expect(write.name.startsWith(`${write.item.kind === 'processed' ? 'P' : 'C'}#${write.region} `)).toBe(true);
        if (write.item.kind !== 'processed') continue;
        expect(write.item).toEqual((first.get(write.name) ?? write).item);
        first.set(write.name, first.get(write.name) ?? write);
      }
      for (const { region, name, item } of first.values()) {
        if (item.kind !== 'processed') continue;
        for (const entries of lookups) {
          const entry = entries.find(({ key }) => name.endsWith(`|${key.id}`));
          expect(entry?.processed).toContainEqual({ region, atMs: item.atMs, by: item.by });
        }
      }
    });
  });

  it('names every message that took effect twice, and leaves in doubt what nobody confirmed', async () => {
    await whateverHappens((observed) => {
      for (const { entry, effects } of cases(observed)) {
        const { processed, claims } = entry;
        const recorded = effects.filter((effect) => effect.recorded);
        // No more records than effects, and none is missing.
        expect(processed.length).toBeLessThanOrEqual(effects.length);
        expect(processed.length).toBeGreaterThanOrEqual(recorded.length);
        if (recorded.length > 1) expect(judgeDuplicate(entry)).toBe('recorded');
        if (effects.length > 1 && processed.length > 0) expect(judgeDuplicate(entry)).not.toBe('none');
        if (effects.length > 0) expect(processed.length + claims.length).toBeGreaterThan(0);
      }
    });
  });
});
