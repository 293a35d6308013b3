import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestSwitchover } from '../../functions/promotion/request-switchover.ts';
import { switchoverInputSchema } from '../../functions/promotion/switchover-input.ts';
import type { CounterpartClients } from '../../functions/promotion/switchover-step.ts';
import { ControlConflict, ServiceUnavailable } from '../../functions/shared/errors.ts';
import type { Intent, IntentEnd } from '../../functions/shared/intent.ts';
import { VirtualClock } from '../../gameday/clock/virtual-clock.ts';
import { functionTimeoutSeconds } from '../../infra/deployment.ts';
import { asRole, known, minutely, noonMs, ordersPair, pairedEast, pairedWest } from '../support/brokers.ts';
import { FakeControl } from '../support/fake-ports.ts';

/** What happens to one attempt at the write state; attempts of one or of several executions may overlap. */
interface Attempt {
  readonly startsAtMs: number;
  /** What becomes of the Promote call. */
  readonly call: 'answered' | 'answer lost' | 'throttled';
  /** The process dies right before or after the call, or not at all. */
  readonly dies: 'before the call' | 'after the call' | 'never';
  /** How many of the attempt's Control writes are lost: carried out or not, the answer never comes. */
  readonly lostWrites: readonly ('never' | 'carried out' | 'not carried out')[];
  /** Duration of each of its calls, in turn. */
  readonly callMs: readonly number[];
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  startsAtMs: fc.integer({ min: 0, max: 180_000 }),
  call: fc.constantFrom('answered', 'answer lost', 'throttled'),
  dies: fc.constantFrom('before the call', 'after the call', 'never', 'never'),
  lostWrites: fc.array(fc.constantFrom('never', 'never', 'carried out', 'not carried out'), { maxLength: 4 }),
  callMs: fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 3, maxLength: 12 }),
});

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

  eastClients(): CounterpartClients {
    return this.#promotedAtMs === undefined ? 'accepts' : 'refuses';
  }

  promote(): void {
    this.promotions += 1;
    this.#promotedAtMs ??= this.#clock.nowMs();
  }
}

const runAttempt = async (clock: VirtualClock, model: PairModel, table: FakeControl, plan: Attempt): Promise<void> => {
  let calls = 0;
  const takeTime = (): Promise<void> => clock.sleepMs(plan.callMs[calls++ % plan.callMs.length] ?? 0);
  const lost = [...plan.lostWrites];
  const control = (write: () => Promise<void>) => async (): Promise<void> => {
    const fate = lost.shift() ?? 'never';
    await takeTime();
    if (fate !== 'not carried out') await write();
    await takeTime();
    if (fate !== 'never') throw new ServiceUnavailable('the answer was lost');
  };
  const read = async <T>(value: () => T): Promise<T> => {
    await takeTime();
    return value();
  };
  await requestSwitchover(
    input,
    ordersPair(),
    { executionArn: 'arn:run', region: 'us-west-2' },
    {
      clock,
      metrics: { read: () => read(() => steadyGauges(clock.nowMs())) },
      probe: () => read(() => model.eastClients()),
      control: {
        readMembers: async () => undefined,
        readIntent: () => read(() => table.intents.get('orders/Promote')),
        openIntent: (intent: Intent) => control(() => table.openIntent(intent))(),
        markIssued: (intent: Intent) => control(() => table.markIssued(intent))(),
        settleIntent: (intent: Intent, end: IntentEnd) => control(() => table.settleIntent(intent, end))(),
      },
      brokers: {
        tryDescribe: ({ region }) => read(() => (region === 'us-east-1' ? model.east() : model.west())),
        promote: async () => {
          await takeTime();
          if (plan.dies === 'before the call') await clock.killCurrent();
          if (plan.call === 'throttled') throw new ServiceUnavailable('throttled');
          model.promote();
          if (plan.dies === 'after the call') await clock.killCurrent();
          await takeTime();
          return plan.call === 'answered' ? { outcome: 'done', answer: {} } : { outcome: 'unknown', reason: 'timeout' };
        },
      },
      lastLook: () => read(() => []),
    },
  );
};

/** Plays the attempts, each cut off at the function's timeout; what they end with does not matter here. */
const play = async (
  attempts: readonly Attempt[],
  exchangeMs: number,
): Promise<{ promotions: number; errors: Set<string> }> => {
  const clock = new VirtualClock({ startMs: noonMs });
  const model = new PairModel(clock, exchangeMs);
  const table = new FakeControl();
  const errors = new Set<string>();
  await clock.run('main', async () => {
    for (const [index, plan] of attempts.entries()) {
      const body = clock.spawn(`attempt ${index}`, async () => {
        await clock.sleepMs(plan.startsAtMs);
        await runAttempt(clock, model, table, plan);
      });
      body.result.catch((error: unknown) => errors.add(error instanceof Error ? error.name : String(error)));
      clock.spawn(`timeout ${index}`, async () => {
        await clock.sleepMs(plan.startsAtMs + functionTimeoutSeconds * 1_000);
        clock.kill(body);
      });
    }
    await clock.sleepMs(600_000);
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
          // Whoever comes too late is told so by name; nothing ends in a surprise.
          const expected = ['ActorKilledError', 'OutcomeUnknown', 'ServiceUnavailable', new ControlConflict('').name];
          expect([...errors].filter((name) => !expected.includes(name))).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is carried out in the end when a last attempt has nothing in its way', async () => {
    const last: Attempt = { startsAtMs: 240_000, call: 'answered', dies: 'never', lostWrites: [], callMs: [100] };
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { maxLength: 6 }), async (attempts) => {
        const { promotions } = await play([...attempts, last], 10_000);
        expect(promotions).toBe(1);
      }),
      { numRuns: 200 },
    );
  });
});
