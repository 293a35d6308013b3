import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalCheck } from '../../functions/control/final-check.ts';
import { GuardTable } from '../../functions/control/guard-table.ts';
import { clockSkewSeconds, type Lock } from '../../functions/control/guards.ts';
import { DrError } from '../../functions/runtime/errors.ts';
import { functionTimeoutSeconds } from '../../infra/catalogue.ts';
import { SimulatedTables } from '../support/simulated-tables.ts';

type Action = 'acquire' | 'renew' | 'write' | 'release';

interface Step {
  readonly afterMs: number;
  readonly action: Action;
  /** How long a write takes that begins in this step. */
  readonly writeMs: number;
  /** Whether it acquires as soon, or writes as late, as the lease allows by its own clock. */
  readonly atTheEdge: boolean;
}

/** One run: its clock's error, the Region it works in, the purpose it takes the lock for, and what it does in turn. */
interface Owner {
  readonly skewMs: number;
  readonly region: string;
  readonly purpose: 'switchover' | 'failover';
  readonly steps: readonly Step[];
}

const step: fc.Arbitrary<Step> = fc.record({
  // Moments, the pace of a loop, and silences around the lease of 420 s.
  afterMs: fc.oneof(
    fc.integer({ min: 0, max: 1_000 }),
    fc.integer({ min: 1_000, max: 120_000 }),
    fc.integer({ min: 380_000, max: 460_000 }),
  ),
  action: fc.constantFrom('acquire', 'acquire', 'renew', 'write', 'write', 'release'),
  // As long as a function may live; a write begins after a look that took part of that.
  writeMs: fc.integer({ min: 0, max: functionTimeoutSeconds * 1_000 }),
  atTheEdge: fc.boolean(),
});

const owner = (purpose: fc.Arbitrary<Owner['purpose']>): fc.Arbitrary<Owner> =>
  fc.record({
    // Any two clocks differ by no more than the skew that is allowed for.
    skewMs: fc.integer({ min: -clockSkewSeconds * 500, max: clockSkewSeconds * 500 }),
    region: fc.constantFrom('us-east-1', 'us-east-2', 'us-west-2'),
    purpose,
    steps: fc.array(step, { minLength: 1, maxLength: 10 }),
  });

/** What must be left of a lease for a write to begin: the longest that a write may go on. */
const neededLeaseMs = functionTimeoutSeconds * 1_000;

/** A span of true time, in milliseconds. */
interface Span {
  readonly owner: string;
  readonly fromMs: number;
  toMs: number;
}

/** A fence that somebody was told, between the beginning and the end of the call. */
interface Told {
  readonly owner: string;
  readonly fence: number;
  readonly askedAtMs: number;
  readonly toldAtMs: number;
}

interface Observed {
  /** When a run could believe that it held the lock. */
  readonly held: readonly Span[];
  readonly writes: readonly Span[];
  readonly told: readonly Told[];
  /** Writes that passed the guard, with the fence of the run. */
  readonly passes: readonly Told[];
  readonly errors: ReadonlySet<string>;
}

/** Plays the runs side by side on one table whose answers are slow or lost at random. */
const play = (owners: readonly Owner[]): Promise<Observed> =>
  SimulatedTables.play(async (tables) => {
    const { clock, aws } = tables;
    const held: Span[] = [];
    const writes: Span[] = [];
    const told: Told[] = [];
    const passes: Told[] = [];
    const errors = new Set<string>();
    const service = 'dynamodb';
    aws.faults.start({ kind: 'slow-answer', service, delayMs: 1_500, probability: 0.3 });
    aws.faults.start({ kind: 'connection-reset', when: 'after', service, operation: 'UpdateItem', probability: 0.1 });

    const live = async (name: string, { region, skewMs, purpose, steps }: Owner): Promise<void> => {
      const table = new GuardTable(tables.items(region), 'PAIR#orders');
      const ownNowMs = (): number => clock.nowMs() + skewMs;
      let fence: number | undefined;
      let holding: Span | undefined;
      const letGo = (): void => {
        if (holding !== undefined) holding.toMs = Math.min(holding.toMs, clock.nowMs());
        holding = undefined;
      };
      const hold = (lock: Lock, askedAtMs: number): void => {
        letGo();
        told.push({ owner: name, fence: lock.fence, askedAtMs, toldAtMs: clock.nowMs() });
        fence = lock.fence;
        holding = { owner: name, fromMs: clock.nowMs(), toMs: lock.expiresAtMs - skewMs };
        held.push(holding);
      };
      const actions: Readonly<Record<Action, (step: Step) => Promise<void>>> = {
        acquire: async ({ atTheEdge }) => {
          const seen = atTheEdge ? await table.read() : undefined;
          if (seen?.known && seen.lock !== undefined && seen.lock.owner !== name) {
            await clock.sleepMs(seen.lock.expiresAtMs + clockSkewSeconds * 1_000 - ownNowMs());
          }
          const askedAtMs = clock.nowMs();
          const preempts = purpose === 'failover' ? ['switchover'] : [];
          const { acquired, lock } = await table.acquire(name, purpose, ownNowMs(), preempts);
          if (acquired) hold(lock, askedAtMs);
          else told.push({ owner: lock.owner, fence: lock.fence, askedAtMs, toldAtMs: clock.nowMs() });
        },
        renew: async () => {
          const askedAtMs = clock.nowMs();
          if (fence !== undefined) hold(await table.renew(name, fence, ownNowMs()), askedAtMs);
        },
        write: async ({ writeMs, atTheEdge }) => {
          if (fence === undefined) return;
          const untilMs = holding === undefined ? 0 : holding.toMs - neededLeaseMs - clock.nowMs();
          if (atTheEdge) await clock.sleepMs(untilMs);
          const askedAtMs = clock.nowMs();
          const run = { executionArn: name, automatic: false, overrideControl: null, fence };
          const policy = { automaticFailover: false, antiFlapSeconds: 0 };
          await finalCheck(run, policy, { readGuards: () => table.read(), nowMs: ownNowMs });
          passes.push({ owner: name, fence, askedAtMs, toldAtMs: clock.nowMs() });
          writes.push({ owner: name, fromMs: clock.nowMs(), toMs: clock.nowMs() + writeMs });
          await clock.sleepMs(writeMs);
        },
        release: async () => {
          letGo();
          await table.release(name);
        },
      };
      for (const step of steps) {
        await clock.sleepMs(step.afterMs);
        try {
          await actions[step.action](step);
        } catch (error) {
          if (!(error instanceof DrError)) throw error;
          errors.add(error.name);
          if (error.name === 'LockLost') letGo();
        }
      }
    };
    const runs = owners.map((owner, index) => clock.spawn(`owner ${index}`, () => live(`arn:${index}`, owner)));
    for (const run of runs) await clock.join(run);
    return { held, writes, told, passes, errors };
  });

const overlaps = (spans: readonly Span[]): readonly (readonly [Span, Span])[] =>
  spans.flatMap((one, index) =>
    spans
      .slice(index + 1)
      .filter((other) => other.owner !== one.owner && one.fromMs < other.toMs && other.fromMs < one.toMs)
      .map((other) => [one, other] as const),
  );

/** What holds whoever interrupts whom: fences rise, belong to one owner each, and stale ones write nothing. */
const expectFencing = ({ told, passes, errors }: Observed): void => {
  const ownerOf = new Map<number, string>();
  for (const { fence, owner: name } of told) {
    // A lock that was given back is told as nobody's, under the fence of its last owner.
    if (name === 'nobody') continue;
    expect(ownerOf.get(fence) ?? name).toBe(name);
    ownerOf.set(fence, name);
  }
  for (const later of [...told, ...passes]) {
    const before = told.filter(({ toldAtMs }) => toldAtMs < later.askedAtMs).map(({ fence }) => fence);
    expect(later.fence).toBeGreaterThanOrEqual(Math.max(0, ...before));
  }
  expect([...errors].filter((name) => !['LockLost', 'ServiceUnavailable', 'ControlConflict'].includes(name))).toEqual(
    [],
  );
};

const runsOf = (purpose: fc.Arbitrary<Owner['purpose']>) => fc.array(owner(purpose), { minLength: 2, maxLength: 4 });

describe('the lock of a pair', () => {
  it('has one holder at a time, and no two runs write at once, whatever clocks, answers and silences do', async () => {
    await fc.assert(
      fc.asyncProperty(runsOf(fc.constant('failover')), async (owners) => {
        const observed = await play(owners);
        expect(overlaps(observed.held)).toEqual([]);
        expect(overlaps(observed.writes)).toEqual([]);
        expectFencing(observed);
      }),
      { numRuns: 80 },
    );
  });

  it('lets nobody begin a write once a run has interrupted it', async () => {
    await fc.assert(
      fc.asyncProperty(runsOf(fc.constantFrom('switchover', 'failover')), async (owners) => {
        expectFencing(await play(owners));
      }),
      { numRuns: 50 },
    );
  });
});
