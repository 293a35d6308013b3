import type { BrokerReading } from '../brokers/broker-snapshot.ts';
import type { Fence } from '../control/fence.ts';
import type { GuardReading } from '../control/guards.ts';
import type { Reading } from '../runtime/reading.ts';

/**
 * What became of the fence of a broker that somebody promoted: `not-fenced` there is none · `let-in` the customer hook has
 * let the clients in · `elsewhere` its own Region deals with that · otherwise whether it is fenced, and why it stays.
 */
export type FenceOfPromoted =
  | 'not-fenced'
  | 'let-in'
  | 'elsewhere'
  | { readonly isFenced: 'yes' | 'maybe'; readonly because: string };

/** What is read before the customer hook is asked. */
export interface PromotedFenceFacts {
  readonly broker: BrokerReading;
  readonly fence: Reading<Fence | undefined>;
  readonly guards: GuardReading;
  /** Whether a customer hook is configured for the broker's Region. */
  readonly hasHook: boolean;
}

/**
 * Whether the customer hook is to be asked to let clients in. A table that gives no answer does not keep a broker fenced
 * that serves: the hook must do no harm where nothing is fenced. A freeze does, and another run's lock does not.
 */
export const stepOfPromotedFence = ({
  broker,
  fence,
  guards,
  hasHook,
}: PromotedFenceFacts): FenceOfPromoted | 'ask-hook' => {
  if (fence.known && (fence.value === undefined || fence.value.status === 'undone')) return 'not-fenced';
  const isFenced = fence.known && fence.value?.attemptedAtMs !== undefined ? 'yes' : 'maybe';
  if (!broker.known) return { isFenced, because: broker.reason };
  const { role, roleText } = broker.broker;
  if (role !== 'primary') return { isFenced, because: `it reports ${roleText ?? 'no role'} at the moment` };
  const freeze = guards.known ? (guards.freeze ?? guards.globalFreeze) : undefined;
  if (freeze !== undefined) return { isFenced, because: `${freeze.by} froze all writes: ${freeze.reason}` };
  return hasHook ? 'ask-hook' : { isFenced, because: 'no hook is configured that could let the clients in' };
};
