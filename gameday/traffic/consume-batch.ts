import type { Ledger } from '../../functions/ledger/ledger.ts';
import { fromAmqp } from '../../functions/ledger/ledger-message.ts';
import { processOnce } from '../../functions/ledger/process-once.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { ReceivedMessage } from './amqp-receiver.ts';
import { type ConsumerFaults, clientLimits, type TrafficObserver } from './traffic-ports.ts';

/** What a handler meets that cannot process a message. */
class PoisonMessageError extends Error {
  override readonly name = 'PoisonMessageError';

  constructor(id: string) {
    super(`the handler cannot process message ${id}`);
  }
}

/** What a consumer works with. */
export interface BatchEnvironment {
  readonly clock: Clock;
  readonly consumer: string;
  readonly queue: string;
  readonly faults: ConsumerFaults;
  readonly observer: TrafficObserver;
  /** Ends the consumer's process here and now. */
  die(): Promise<never>;
}

/** Lets one message take effect. @throws PoisonMessageError */
const handle = async ({ id }: ReceivedMessage, environment: BatchEnvironment): Promise<void> => {
  const { clock, consumer, queue, faults, observer } = environment;
  const message = { consumer, queue, id };
  if (faults.isPoison(message)) throw new PoisonMessageError(id);
  observer.processed(id, clock.nowMs());
  if (!faults.diesAfter(message)) return;
  observer.uncertain(id, clock.nowMs());
  observer.counted('crashed');
  await environment.die();
};

/** Returns a message that could not be processed to the queue; one that failed too often is refused permanently. */
const giveUp = async (message: ReceivedMessage, observer: TrafficObserver): Promise<void> => {
  observer.counted('failed');
  if (message.failedDeliveries < clientLimits.maxRedeliveries) return await message.fail();
  observer.counted('rejected');
  await message.reject();
};

/**
 * Processes messages without a ledger: effects first, then the acknowledgements, so that a lost acknowledgement means a
 * second effect.
 *
 * @throws AmqpDisconnectedError, NoAnswerError
 */
export const consumeBatch = async (
  messages: readonly ReceivedMessage[],
  environment: BatchEnvironment,
): Promise<void> => {
  const failed = new Set<ReceivedMessage>();
  for (const message of messages) {
    try {
      await handle(message, environment);
    } catch (error) {
      if (!(error instanceof PoisonMessageError)) throw error;
      failed.add(message);
    }
  }
  for (const message of messages) {
    await (failed.has(message) ? giveUp(message, environment.observer) : message.accept());
  }
};

/**
 * Processes messages as the ledger allows: claim, effect, confirmation, acknowledgement. Returns the virtual
 * milliseconds to wait before the next pull, for messages that others have claimed.
 *
 * @throws AmqpDisconnectedError, NoAnswerError, and what the ledger throws when it cannot be used
 */
export const consumeBatchOnce = async (
  messages: readonly ReceivedMessage[],
  ledger: Ledger,
  environment: BatchEnvironment,
): Promise<number> => {
  const { clock, queue, observer } = environment;
  const identified = messages.map((message) => ({ ...fromAmqp(message.content, queue), source: message }));
  const outcomes = await processOnce(ledger, identified, async ({ source }) => await handle(source, environment));
  let backOffMs = 0;
  for (const outcome of outcomes) {
    const message = outcome.message.source;
    if (outcome.status === 'unconfirmed') observer.uncertain(message.id, clock.nowMs());
    if (outcome.status === 'processed-before') observer.counted('processed-before');
    if (outcome.acknowledge) await message.accept();
    else if (outcome.status === 'failed' || outcome.status === 'unidentified') await giveUp(message, observer);
    else {
      await message.release();
      observer.counted('elsewhere');
      if (outcome.status === 'elsewhere') backOffMs = Math.max(backOffMs, outcome.retryAfterMs);
    }
  }
  return Math.min(backOffMs, clientLimits.longestBackOffMs);
};
