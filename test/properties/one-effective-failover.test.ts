import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Heartbeat } from '../../functions/control/heartbeat.ts';
import type { Intent } from '../../functions/control/intent.ts';
import { requestFailover } from '../../functions/promotion/request-failover.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { type Attempt, attempt, expectedErrors, playAttempts, portsOf, undisturbed } from '../support/attempts.ts';
import { asRole, eastRef, known, noonMs, ordersPair, pairedWest, westRef } from '../support/brokers.ts';
import { earlierIntent, FakeControl, FakeMetrics } from '../support/fake-ports.ts';

/** An attempt of one of three executions: a run, a new one with the same input, and a rival that shares no lock. */
type FailoverAttempt = Attempt & { readonly execution: number };

const failoverAttempt: fc.Arbitrary<FailoverAttempt> = fc
  .tuple(attempt, fc.integer({ min: 0, max: 2 }))
  .map(([plan, execution]) => ({ ...plan, execution }));

/** What another run may have left behind: nothing, a settled promotion, or a switchover in any state. */
const leftBehind: fc.Arbitrary<Intent | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant(earlierIntent('Promote', { mode: 'SWITCHOVER', status: 'settled', settledAs: 'effective' })),
  fc
    .record({
      subject: fc.constantFrom(westRef.brokerId, eastRef.brokerId),
      status: fc.constantFrom('issuing' as const, 'issued' as const),
      openedAtMs: fc.integer({ min: noonMs - 600_000, max: noonMs }),
    })
    .map((open) => earlierIntent('Promote', { mode: 'SWITCHOVER', ...open })),
);

const beat: Heartbeat = {
  region: 'us-east-1',
  atMs: noonMs,
  brokerId: eastRef.brokerId,
  role: 'primary',
  state: 'RUNNING',
  endpoint: 'accepts',
};

/** The surviving broker as the service keeps it: a failover takes effect a while after the call that was carried out. */
class SurvivorModel {
  promotions = 0;
  readonly #clock: VirtualClock;
  readonly #effectMs: number;
  #promotedAtMs: number | undefined;

  constructor(clock: VirtualClock, effectMs: number) {
    this.#clock = clock;
    this.#effectMs = effectMs;
  }

  get isPrimary(): boolean {
    return this.#promotedAtMs !== undefined && this.#clock.nowMs() - this.#promotedAtMs >= this.#effectMs;
  }

  reading() {
    return known(pairedWest(asRole(this.isPrimary ? 'primary' : 'replica')));
  }

  promote(): void {
    this.promotions += 1;
    this.#promotedAtMs ??= this.#clock.nowMs();
  }
}

const play = async (
  attempts: readonly FailoverAttempt[],
  given: { readonly effectMs: number; readonly intent?: Intent | undefined },
) => {
  const clock = new VirtualClock({ startMs: noonMs });
  const model = new SurvivorModel(clock, given.effectMs);
  const table = new FakeControl();
  if (given.intent !== undefined) table.given(given.intent);
  const errors = await playAttempts(clock, attempts, async (plan) => {
    const { read, control, call } = portsOf(clock, plan, table);
    await requestFailover(
      {
        pair: ordersPair(),
        runningRegion: 'us-west-2',
        executionArn: `arn:run-${plan.execution}`,
        acceptDataLoss: true,
        dryRun: false,
        withoutControl: false,
        automatic: false,
        agreedAtMs: null,
      },
      {
        clock,
        control,
        heartbeats: { read: () => read(() => beat) },
        metrics: new FakeMetrics({}),
        brokers: {
          tryDescribe: () => read(() => model.reading()),
          promote: () => call(() => model.promote()),
        },
        // Not even the lock is relied on: the intents alone must do.
        finalCheck: () => read(() => ({ blockers: [], warnings: [] })),
      },
    );
  });
  return { promotions: model.promotions, isPrimary: model.isPrimary, errors };
};

/** A failover takes effect within three seconds; docs/amazon-mq.md 13, row 10. Three times that is ample. */
const effectMs = fc.integer({ min: 0, max: 9_000 });

describe('a failover that is attempted again and again, by several runs', () => {
  it('is carried out by the service at most once, whatever becomes of calls, answers and processes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(failoverAttempt, { minLength: 1, maxLength: 8 }),
        effectMs,
        leftBehind,
        async (attempts, effect, intent) => {
          const { promotions, errors } = await play(attempts, { effectMs: effect, intent });
          expect(promotions).toBeLessThanOrEqual(1);
          expect([...errors].filter((name) => !expectedErrors.includes(name))).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is carried out in the end when a last attempt has nothing in its way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(failoverAttempt, { maxLength: 6 }), leftBehind, async (attempts, intent) => {
        const last = { ...undisturbed(240_000), execution: 0 };
        const { promotions, isPrimary } = await play([...attempts, last], { effectMs: 3_000, intent });
        expect({ promotions, isPrimary }).toEqual({ promotions: 1, isPrimary: true });
      }),
      { numRuns: 200 },
    );
  });
});
