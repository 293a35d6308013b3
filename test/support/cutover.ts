import type { CustomerHookAnswer, CustomerHookRequest } from '../../functions/aws/customer-hook.ts';
import { cutoverSchema } from '../../functions/config/cutover-config.ts';
import { type PairConfig, pairConfigSchema } from '../../functions/config/pair-config.ts';
import type { Fence } from '../../functions/control/fence.ts';
import type { GuardReading } from '../../functions/control/guards.ts';
import type { CutoverRun, GuardPorts } from '../../functions/cutover/guard-cutover.ts';
import { ControlConflict, type DrError } from '../../functions/runtime/errors.ts';
import { eastRef, noonMs, westRef } from './brokers.ts';
import type { FakeClock } from './fake-ports.ts';

/** The run that promotes the west broker, and holds the lock. */
export const promotingRun: CutoverRun = { executionArn: 'arn:run-1', fence: 7, overrideControl: null };

/** ARN of a team's function in the west. */
export const hookArn = 'arn:aws:lambda:us-west-2:111122223333:function:team-hook';

/** The pair `orders` with these cutover settings. */
export const pairWithCutover = (cutover: Readonly<Record<string, unknown>> = {}): PairConfig =>
  pairConfigSchema.parse({
    name: 'orders',
    brokers: [eastRef.arn, westRef.arn],
    cutover: cutoverSchema.parse(cutover),
  });

/** Guards in memory: the promoting run has the lock, until a test says otherwise. */
export class FakeGuards {
  reading: GuardReading = {
    known: true,
    lock: { owner: 'arn:run-1', fence: 7, expiresAtMs: noonMs + 300_000, purpose: 'failover' },
  };
  renewals = 0;

  ports(clock: FakeClock): GuardPorts {
    return {
      readGuards: async () => this.reading,
      renewLock: async () => {
        this.renewals += 1;
      },
      nowMs: () => clock.nowMs(),
    };
  }

  /** Somebody freezes the pair. */
  freeze(): void {
    if (!this.reading.known) throw new TypeError('unknown guards cannot be frozen');
    this.reading = { ...this.reading, freeze: { reason: 'audit', by: 'ann', atMs: noonMs } };
  }
}

/** A team's function with scripted answers; done once the script has ended. */
export class FakeHook {
  readonly asked: CustomerHookRequest[] = [];
  readonly answers: (CustomerHookAnswer | Error)[] = [];

  readonly call = async (_functionArn: string, request: CustomerHookRequest): Promise<CustomerHookAnswer> => {
    this.asked.push(request);
    const answer = this.answers.shift() ?? { done: true };
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

/** Fences of one pair in memory, with the conditions of the real table. */
export class FakeFences {
  readonly #fences = new Map<string, Fence>();
  /** Thrown by the next call instead of anything else. */
  failNext: DrError | undefined;
  /** Does something between two calls, as another run would. */
  beforeChange: () => void = () => {};

  given(fence: Fence): this {
    this.#fences.set(fence.region, fence);
    return this;
  }

  at(region: string): Fence | undefined {
    return this.#fences.get(region);
  }

  async read(_pair: string, region: string): Promise<Fence | undefined> {
    this.#mayFail();
    return this.at(region);
  }

  async want(_pair: string, fence: Pick<Fence, 'region' | 'brokerId' | 'epoch'>, nowMs: number): Promise<void> {
    this.#mayFail();
    const known = this.at(fence.region);
    if (known !== undefined && known.epoch >= fence.epoch) throw new ControlConflict('a fence of this epoch exists');
    this.given({ ...fence, status: 'wanted', updatedAtMs: nowMs });
  }

  async change(_pair: string, fence: Fence, change: Partial<Fence>, nowMs: number): Promise<Fence> {
    this.#mayFail();
    this.beforeChange();
    const known = this.at(fence.region);
    if (known?.epoch !== fence.epoch || known.status !== fence.status) throw new ControlConflict('the fence has moved');
    const changed = { ...known, ...change, updatedAtMs: nowMs };
    this.given(changed);
    return changed;
  }

  #mayFail(): void {
    const error = this.failNext;
    this.failNext = undefined;
    if (error !== undefined) throw error;
  }
}
