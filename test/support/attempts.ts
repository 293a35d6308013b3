import fc from 'fast-check';
import type { Intent, IntentEnd } from '../../functions/control/intent.ts';
import { ServiceUnavailable } from '../../functions/runtime/errors.ts';
import { functionTimeoutSeconds } from '../../infra/catalogue.ts';
import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { FakeControl } from './fake-ports.ts';

/** What happens to one attempt at a write state; attempts of one or of several executions may overlap. */
export interface Attempt {
  readonly startsAtMs: number;
  /** What becomes of the call that writes. */
  readonly call: 'answered' | 'answer lost' | 'throttled';
  /** The process dies right before or after that call, or not at all. */
  readonly dies: 'before the call' | 'after the call' | 'never';
  /** How many of the attempt's Control writes are lost: carried out or not, the answer never comes. */
  readonly lostWrites: readonly ('never' | 'carried out' | 'not carried out')[];
  /** Duration of each of its calls, in turn. */
  readonly callMs: readonly number[];
}

export const attempt: fc.Arbitrary<Attempt> = fc.record({
  startsAtMs: fc.integer({ min: 0, max: 180_000 }),
  call: fc.constantFrom('answered', 'answer lost', 'throttled'),
  dies: fc.constantFrom('before the call', 'after the call', 'never', 'never'),
  lostWrites: fc.array(fc.constantFrom('never', 'never', 'carried out', 'not carried out'), { maxLength: 4 }),
  callMs: fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 3, maxLength: 12 }),
});

/** An attempt that nothing stands in the way of. */
export const undisturbed = (startsAtMs: number): Attempt => ({
  startsAtMs,
  call: 'answered',
  dies: 'never',
  lostWrites: [],
  callMs: [100],
});

/** The ways in which an attempt reaches the service and the Control table, with all that happens to it. */
export const portsOf = (clock: VirtualClock, plan: Attempt, table: FakeControl) => {
  let calls = 0;
  const takeTime = (): Promise<void> => clock.sleepMs(plan.callMs[calls++ % plan.callMs.length] ?? 0);
  const lost = [...plan.lostWrites];
  const write = async (carryOut: () => Promise<void>): Promise<void> => {
    const fate = lost.shift() ?? 'never';
    await takeTime();
    if (fate !== 'not carried out') await carryOut();
    await takeTime();
    if (fate !== 'never') throw new ServiceUnavailable('the answer was lost');
  };
  const read = async <T>(value: () => T): Promise<T> => {
    await takeTime();
    return value();
  };
  return {
    read,
    control: {
      readMembers: async () => undefined,
      readIntent: () => read(() => table.intents.get('orders/Promote')),
      openIntent: (intent: Intent) => write(() => table.openIntent(intent)),
      markIssued: (intent: Intent) => write(() => table.markIssued(intent)),
      settleIntent: (intent: Intent, end: IntentEnd) => write(() => table.settleIntent(intent, end)),
    },
    /** The call that writes. */
    call: async (carryOut: () => void) => {
      await takeTime();
      if (plan.dies === 'before the call') await clock.killCurrent();
      if (plan.call === 'throttled') throw new ServiceUnavailable('throttled');
      carryOut();
      if (plan.dies === 'after the call') await clock.killCurrent();
      await takeTime();
      return plan.call === 'answered'
        ? { outcome: 'done' as const, answer: {} }
        : { outcome: 'unknown' as const, reason: 'timeout' };
    },
  };
};

/** Plays the attempts, each cut off at the function's timeout, and names the errors that they end with. */
export const playAttempts = async <P extends Attempt>(
  clock: VirtualClock,
  attempts: readonly P[],
  run: (plan: P, index: number) => Promise<void>,
): Promise<ReadonlySet<string>> => {
  const errors = new Set<string>();
  await clock.run('main', async () => {
    for (const [index, plan] of attempts.entries()) {
      const body = clock.spawn(`attempt ${index}`, async () => {
        await clock.sleepMs(plan.startsAtMs);
        await run(plan, index);
      });
      body.result.catch((error: unknown) => errors.add(error instanceof Error ? error.name : String(error)));
      clock.spawn(`timeout ${index}`, async () => {
        await clock.sleepMs(plan.startsAtMs + functionTimeoutSeconds * 1_000);
        clock.kill(body);
      });
    }
    await clock.sleepMs(600_000);
  });
  return errors;
};

/** Whoever comes too late is told so by one of these names; nothing ends in a surprise. */
export const expectedErrors: readonly string[] = [
  'ActorKilledError',
  'OutcomeUnknown',
  'ServiceUnavailable',
  'ControlConflict',
];
