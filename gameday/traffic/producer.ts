import { AmqpSender } from './amqp-sender.ts';
import { openWherePossible, RetryPause, reasonOf } from './follow-broker.ts';
import { type ClientEnvironment, clientLimits, type TrafficObserver } from './traffic-ports.ts';

/** One producer: sends to one queue at a steady rate, to whichever broker accepts it. */
export interface ProducerOptions {
  /** Prefix of its message ids: `<name>-<n>`, counted from 1. */
  readonly name: string;
  readonly queue: string;
  /** Virtual milliseconds between two sends. */
  readonly intervalMs: number;
  /** Virtual milliseconds before the first send, so that producers do not all send at once. */
  readonly offsetMs: number;
  readonly bodyBytes: number;
  readonly stopping: () => boolean;
}

/**
 * Body of an actor. While no broker accepts it, it holds its message back and tries again; a message whose outcome it
 * did not see is never sent again, because that could make it take effect twice.
 */
export const runProducer = async (
  options: ProducerOptions,
  environment: ClientEnvironment,
  observer: TrafficObserver,
): Promise<void> => {
  const { clock } = environment;
  const pause = new RetryPause(() => environment.random());
  const body = 'm'.repeat(options.bodyBytes);
  let sender: AmqpSender | undefined;
  let count = 0;
  await clock.sleepMs(options.offsetMs);
  while (!options.stopping()) {
    const turnStartedMs = clock.nowMs();
    try {
      if (sender === undefined || sender.isLost) {
        if (sender !== undefined) observer.sendFailed(options.name, 'disconnected', clock.nowMs());
        sender = undefined;
        sender = await openWherePossible(environment, (stream) =>
          AmqpSender.open(stream, {
            clock,
            credentials: environment.credentials,
            queue: options.queue,
            name: options.name,
            timeoutMs: clientLimits.answerTimeoutMs,
          }),
        );
        pause.reset();
      }
      count += 1;
      const id = `${options.name}-${count}`;
      observer.sent(id, options.queue, clock.nowMs());
      const result = await sender.send(id, body);
      if (result === 'accepted') observer.confirmed(id, clock.nowMs());
      else observer.rejected(id, clock.nowMs());
      const spentMs = clock.nowMs() - turnStartedMs;
      await clock.sleepMs(Math.max(0, options.intervalMs - spentMs));
    } catch (error) {
      sender?.close();
      sender = undefined;
      observer.sendFailed(options.name, reasonOf(error), clock.nowMs());
      await clock.sleepMs(pause.next());
    }
  }
  sender?.close();
};
