import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EndpointState } from '../../functions/brokers/broker-endpoints.ts';
import { promoteReplica } from '../../functions/promotion/promote-replica.ts';
import { switchoverInputSchema } from '../../functions/promotion/switchover-input.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { type Attempt, attempt, expectedErrors, playAttempts, portsOf, undisturbed } from '../support/attempts.ts';
import { asRole, known, minutely, noonMs, ordersPair, pairedEast, pairedWest } from '../support/brokers.ts';
import { FakeControl } from '../support/fake-ports.ts';

const input = switchoverInputSchema.parse({ pair: 'orders', targetRegion: 'us-west-2', reason: 'property' });

const steadyGauges = (nowMs: number) => ({
  TotalReplicationLag: minutely([6_000, 7_000], 60_000, nowMs),
  PrimaryWaitTime: minutely([2_000, 3_000], 60_000, nowMs),
  ReplicaWaitTime: minutely([2_000, 3_000], 60_000, nowMs),
  QueueSize: minutely([10, 20], 60_000, nowMs),
});

/** A pair as the service keeps it: a promotion closes the primary at once and exchanges the roles a while later. */
class PairModel {
  promotions = 0;
  readonly #clock: VirtualClock;
  readonly #exchangeMs: number;
  #promotedAtMs: number | undefined;

  constructor(clock: VirtualClock, exchangeMs: number) {
    this.#clock = clock;
    this.#exchangeMs = exchangeMs;
  }

  get #exchanged(): boolean {
    return this.#promotedAtMs !== undefined && this.#clock.nowMs() - this.#promotedAtMs >= this.#exchangeMs;
  }

  east() {
    return known(this.#exchanged ? pairedEast(asRole('replica')) : pairedEast());
  }

  west() {
    return known(this.#exchanged ? pairedWest(asRole('primary')) : pairedWest());
  }

  eastClients(): EndpointState {
    return this.#promotedAtMs === undefined ? 'accepts' : 'refuses';
  }

  promote(): void {
    this.promotions += 1;
    this.#promotedAtMs ??= this.#clock.nowMs();
  }
}

/** Plays the attempts; what they end with does not matter here, but its name does. */
const play = async (
  attempts: readonly Attempt[],
  exchangeMs: number,
): Promise<{ promotions: number; errors: ReadonlySet<string> }> => {
  const clock = new VirtualClock({ startMs: noonMs });
  const model = new PairModel(clock, exchangeMs);
  const table = new FakeControl();
  const errors = await playAttempts(clock, attempts, async (plan) => {
    const { read, control, call } = portsOf(clock, plan, table);
    await promoteReplica(
      input,
      ordersPair(),
      { executionArn: 'arn:run', region: 'us-west-2' },
      {
        clock,
        control,
        metrics: { read: () => read(() => steadyGauges(clock.nowMs())) },
        probe: () => read(() => model.eastClients()),
        brokers: {
          tryDescribe: ({ region }) => read(() => (region === 'us-east-1' ? model.east() : model.west())),
          promote: () => call(() => model.promote()),
        },
        finalCheck: () => read(() => ({ blockers: [], warnings: [] })),
      },
    );
  });
  return { promotions: model.promotions, errors };
};

describe('a switchover that is attempted again and again', () => {
  it('is carried out by the service at most once, whatever becomes of calls, answers and processes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(attempt, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 400_000 }),
        async (attempts, exchangeMs) => {
          const { promotions, errors } = await play(attempts, exchangeMs);
          expect(promotions).toBeLessThanOrEqual(1);
          expect([...errors].filter((name) => !expectedErrors.includes(name))).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is carried out in the end when a last attempt has nothing in its way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { maxLength: 6 }), async (attempts) => {
        const { promotions } = await play([...attempts, undisturbed(240_000)], 10_000);
        expect(promotions).toBe(1);
      }),
      { numRuns: 200 },
    );
  });
});
